/** Renders runs: HTML for people, JUnit and Markdown for CI, a summary for the terminal. */
export type * from "./campaign.ts";
export type * from "./hunt.ts";
export type * from "./replay.ts";
export { renderAnnotations } from "./annotations.ts";
export { type ForeignReport, renderForeign } from "./foreign.ts";
export { anomaliesFound } from "./exhibit-view.ts";
export { renderHtml } from "./html.ts";
export { renderJunit } from "./junit.ts";
export { renderMarkdown } from "./markdown.ts";
export { visible } from "./markup.ts";
export { spreadIn } from "./spread.ts";
export { renderTerminal, type TerminalOptions } from "./terminal.ts";
export {
  count,
  headline,
  nothingSmaller,
  sentence,
  showsFailure,
  whatFinalPhaseIs,
} from "./report-messages.ts";
export * from "./browse/index.ts";
