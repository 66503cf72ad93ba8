/** Everything made in the engine carries these, so that whoever comes later finds what a killed run left. */
import type { Labels } from "./engine.ts";

/** On everything that any run made. */
export const anyRun = "quorate=1";
/** On everything that one run made. */
export const ofRun = (run: string): string => `quorate.run=${run}`;

/** The one run that a label is of; undefined: all. */
export const runOf = (label: string): string | undefined => (label === anyRun ? undefined : label.slice(ofRun("").length));

export const labelsOf = (run: string): Labels => ({ quorate: "1", "quorate.run": run });
