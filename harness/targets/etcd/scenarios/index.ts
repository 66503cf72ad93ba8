/**
 * Known weaknesses of etcd's settings, each shown on a real cluster. A new scenario needs its own file and a line here.
 */
import type { Scenario } from "../../../scenario/scenario.ts";
import { staleSerializable } from "./stale-serializable.ts";

export const scenarios: readonly Scenario[] = [staleSerializable];
