/** What the scenarios of Cassandra have in common. */
import type { Plan } from "../../../../generators/index.ts";
import { timedPlan, type TimedPlan } from "../../../scenario/timed-plan.ts";
import { cassandraSettings } from "../settings.ts";
import { defaultVersion } from "../software.ts";

export const planOf = (plan: TimedPlan): Plan =>
  timedPlan(
    { name: "cassandra", version: defaultVersion, parseSettings: cassandraSettings.parse },
    plan,
  );

/** A cut is in force, and a healed link carries messages again, within this on a busy machine. */
export const soonMs = 1500;
