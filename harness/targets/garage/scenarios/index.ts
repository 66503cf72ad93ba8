/**
 * Known weaknesses of Garage's settings, each shown on a real cluster. A new scenario needs its own file and a line
 * here.
 */
import type { Scenario } from "../../../scenario/scenario.ts";
import { lostWithDisk } from "./lost-with-disk.ts";
import { unseenValue } from "./unseen-value.ts";

export const scenarios: readonly Scenario[] = [unseenValue, lostWithDisk];
