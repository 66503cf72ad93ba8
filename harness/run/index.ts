export { ask, perform } from "./ask.ts";
export { needsEvidence } from "./header.ts";
export { inspectAll, type Inspection } from "./inspect.ts";
export { wasInterrupted } from "./interrupted.ts";
export { clientTimeoutMs, environmentMs } from "./longest.ts";
export { cannotMake, possiblePart } from "./possible.ts";
export { type Progress, type RunOptions, runHistory } from "./run-history.ts";
