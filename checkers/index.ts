/** What a history means: its language, its reader, its judge. */
export * from "./guarantees.ts";
export type * from "./history.ts";
export type * from "./verdict.ts";
export { HistoryError } from "./history-error.ts";
export type { HistoryErrorCode } from "./history-error.ts";
export { HistoryJudge, judge } from "./judge.ts";
export { HistoryReader, parseHistory, parseHistoryStream } from "./parse.ts";
export { operationsOf } from "./operations.ts";
export type { Operation } from "./operations.ts";
export * from "./foreign/index.ts";
export { search } from "./search.ts";
export type { SearchBudget, SearchProblem, SearchResult } from "./search.ts";
export { type Share, wilson } from "./wilson.ts";
