/** What the scenarios of Garage have in common. */
import type { Plan } from "../../../../generators/index.ts";
import { timedPlan, type TimedPlan } from "../../../scenario/timed-plan.ts";
import { garageSettings } from "../settings.ts";
import { defaultVersion } from "../software.ts";

export const planOf = (plan: TimedPlan): Plan =>
  timedPlan({ name: "garage", version: defaultVersion, parseSettings: garageSettings.parse }, plan);

/** A cut is in force within this on a busy machine. */
export const soonMs = 1500;
/** A node that is cut off may take so long to acknowledge what it alone has: the client waits. */
export const patientMs = 5000;
