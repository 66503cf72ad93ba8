/**
 * Everything made in the engine carries these, so that whoever comes later finds what a killed run left, and knows that
 * it was killed.
 */
import type { Labels } from "./engine.ts";
import { ownSign } from "../../sign-of-life.ts";

/** On everything that any run made. */
export const anyRun = "quorate=1";
/** On everything that one run made. */
export const ofRun = (run: string): string => `${runLabel}=${run}`;

/** On everything that the process of this sign made. */
export const bySign = (sign: string): string => `${signLabel}=${sign}`;

export const labelsOf = (run: string): Labels => {
  const sign = ownSign();
  return { quorate: "1", [runLabel]: run, ...(sign === undefined ? {} : { [signLabel]: sign }) };
};

/** The run that made what carries these, and its process's sign of life. */
export const madeBy = (
  labels: Labels,
): { readonly run: string | undefined; readonly sign: string | undefined } => ({
  run: labels[runLabel],
  sign: labels[signLabel],
});

const runLabel = "quorate.run";
const signLabel = "quorate.process";
