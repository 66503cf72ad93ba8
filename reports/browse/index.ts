/** The pages of `quorate serve`: pure functions from runs to HTML, without any script. */
export { renderPair, renderRefusal, renderRun } from "./detail.ts";
export { huntInWords, isHunt, renderHunt } from "./hunt.ts";
export { renderRuns } from "./list.ts";
export { browseStyleHash } from "./page.ts";
export { type ListedRun, newestFirst, type RunFilter } from "./run.ts";
