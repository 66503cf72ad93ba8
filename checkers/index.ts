/** What a history means: its language, its reader, its judge. */
export * from "./guarantees.ts";
export { currentGuaranteeName, formerGuaranteeNames } from "./language/former-names.ts";
export type * from "./language/history.ts";
export type * from "./language/verdict.ts";
export { HistoryError } from "./language/history-error.ts";
export type { HistoryErrorCode } from "./language/history-error.ts";
export { HistoryJudge, judge } from "./judge.ts";
export { HistoryReader, parseHistory, parseHistoryStream } from "./reading/parse.ts";
export { operationsOf } from "./coded/operations.ts";
export type { Operation } from "./coded/operations.ts";
export * from "./foreign/index.ts";
export { search } from "./search/search.ts";
export type { SearchBudget, SearchProblem, SearchResult } from "./search/search.ts";
export { type Share, wilson } from "./numbers/wilson.ts";
