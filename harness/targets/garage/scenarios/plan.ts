/** Shared parts of Garage's scenarios. */
import type { Plan } from "../../../../generators/index.ts";
import { timedPlan, type TimedPlan } from "../../../scenario/timed-plan.ts";
import { garageSettings } from "../settings.ts";
import { defaultVersion } from "../software.ts";

export const planOf = (plan: TimedPlan): Plan =>
  timedPlan({ name: "garage", version: defaultVersion, parseSettings: garageSettings.parse }, plan);

/** Within this time a cut is in force, even on a busy machine. */
export const soonMs = 1500;
/** How long a disconnected node may take to acknowledge a write that only it has. The client waits. */
export const patientMs = 5000;
