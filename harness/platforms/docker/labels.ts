/**
 * Labels on the containers, networks and volumes that quorate creates in the engine. Later processes find by them what
 * a run left, and whether the run's process still lives.
 */
import type { Labels } from "./engine.ts";
import { ownSign } from "../../sign-of-life.ts";

/** The label on every container, network and volume of any run. */
export const anyRun = "quorate=1";
/** The label on every container, network and volume of one run. */
export const ofRun = (run: string): string => `${runLabel}=${run}`;

/** The label on every container, network and volume that the process with this sign created. */
export const bySign = (sign: string): string => `${signLabel}=${sign}`;

export const labelsOf = (run: string): Labels => {
  const sign = ownSign();
  return { quorate: "1", [runLabel]: run, ...(sign === undefined ? {} : { [signLabel]: sign }) };
};

/** Reads from a thing's labels which run created it, and the sign of life of that run's process. */
export const madeBy = (
  labels: Labels,
): { readonly run: string | undefined; readonly sign: string | undefined } => ({
  run: labels[runLabel],
  sign: labels[signLabel],
});

const runLabel = "quorate.run";
const signLabel = "quorate.process";
