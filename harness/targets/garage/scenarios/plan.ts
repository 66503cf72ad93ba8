/** Shared parts of Garage's scenarios. */
import type { Plan } from "../../../../generators/index.ts";
import { timedPlan, type TimedPlan } from "../../../scenario/timed-plan.ts";
import { garageSettings } from "../settings.ts";
import { defaultVersion } from "../software.ts";

export const planOf = (plan: TimedPlan): Plan =>
  timedPlan({ name: "garage", version: defaultVersion, parseSettings: garageSettings.parse }, plan);

/** The time in ms within which a cut is in force, even on a busy machine. */
export const soonMs = 1500;
/** The request timeout, in ms, if a disconnected node must have time to acknowledge a write that only this node has. */
export const patientMs = 5000;
