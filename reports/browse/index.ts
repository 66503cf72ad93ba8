/**
 * The pages of `quorate serve`: pure functions from runs to HTML. Only the page of a run that still goes on has a
 * script.
 */
export { renderPair, renderRefusal, renderRun } from "./detail.ts";
export { huntInWords, isHunt, renderHunt } from "./hunt.ts";
export { liveScriptHash, liveView, renderLive } from "./live.ts";
export { renderRuns } from "./list.ts";
export { browseStyleHash } from "./page.ts";
export { type ListedRun, newestFirst, type RunFilter } from "./run.ts";
