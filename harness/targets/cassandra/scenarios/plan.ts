/** Shared parts of Cassandra's scenarios. */
import type { Plan } from "../../../../generators/index.ts";
import { timedPlan, type TimedPlan } from "../../../scenario/timed-plan.ts";
import { cassandraSettings } from "../settings.ts";
import { defaultVersion } from "../software.ts";

export const planOf = (plan: TimedPlan): Plan =>
  timedPlan(
    { name: "cassandra", version: defaultVersion, parseSettings: cassandraSettings.parse },
    plan,
  );

/** The time in ms within which a cut is in force, or a healed link carries messages again, even on a busy machine. */
export const soonMs = 1500;
