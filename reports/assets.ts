/**
 * Scripts and style sheets of pages as text. esbuild bundles the modules of page/ and the style sheets of style/
 * (tools/bundled-text.mjs).
 */
import live from "./page/live.ts?bundled";
import script from "./page/start.ts?bundled";
import browse from "./style/browse.css?bundled";
import report from "./style/report.css?bundled";

/** The script of report.html and of the pages of other tools' histories. */
export const pageScript: string = script;
/** The style sheet of report.html and of the pages of other tools' histories. */
export const styleSheet: string = report;
/** The style sheet of the pages of `quorate serve`. */
export const browseStyle: string = browse;
/** The script of the page of a run that still goes on. */
export const liveScript: string = live;
