export { ask, perform } from "./ask.ts";
export { needsEvidence } from "./header.ts";
export { inspectAll, type Inspection } from "./inspect.ts";
export { cannotMake, possiblePart } from "./possible.ts";
export { type Progress, type RunOptions, runHistory } from "./run-history.ts";
