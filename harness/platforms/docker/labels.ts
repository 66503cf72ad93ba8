/**
 * Labels on everything created in the engine, so that later processes find what a killed run left and know that it was
 * killed.
 */
import type { Labels } from "./engine.ts";
import { ownSign } from "../../sign-of-life.ts";

/** The label on everything that any run created. */
export const anyRun = "quorate=1";
/** The label on everything that one run created. */
export const ofRun = (run: string): string => `${runLabel}=${run}`;

/** The label on everything that the process with this sign created. */
export const bySign = (sign: string): string => `${signLabel}=${sign}`;

export const labelsOf = (run: string): Labels => {
  const sign = ownSign();
  return { quorate: "1", [runLabel]: run, ...(sign === undefined ? {} : { [signLabel]: sign }) };
};

/** The run that created the thing with these labels, and its process's sign of life. */
export const madeBy = (
  labels: Labels,
): { readonly run: string | undefined; readonly sign: string | undefined } => ({
  run: labels[runLabel],
  sign: labels[signLabel],
});

const runLabel = "quorate.run";
const signLabel = "quorate.process";
