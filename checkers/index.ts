/**
 * Entry point of the checkers: the types of histories and verdicts, the readers and judges of quorate's own histories
 * and of other tools' histories, and single checkers.
 */
export { builtInCheckers, guaranteeNames, isGuaranteeName } from "./built-in-checkers.ts";
export type { GuaranteeName } from "./built-in-checkers.ts";
export type { Checker } from "./model/checker.ts";
export type { Capability, KnownRun } from "./model/known-run.ts";
export type { FaultWindow } from "./model/fault-windows.ts";
export type { Model } from "./model/model.ts";
export type { Writers } from "./model/writers.ts";
export type {
  ClientAnswer,
  EvidenceIndex,
  ReadReply,
  ReadRequest,
  StoreReply,
  StoreRequest,
} from "./evidence/evidence-index.ts";
export type { SyncIndex } from "./evidence/syncs.ts";
export { conclude, type Findings, notApplicable } from "./conclude.ts";
export { currentGuaranteeName, formerGuaranteeNames } from "./language/former-names.ts";
export type * from "./language/history.ts";
export { finalPhaseClient } from "./language/history.ts";
export type * from "./language/verdict.ts";
export { HistoryError } from "./language/history-error.ts";
export type { HistoryErrorCode } from "./language/history-error.ts";
export { HistoryJudge, judge } from "./judge.ts";
export type { JudgeOptions } from "./judge.ts";
export { HistoryReader, parseHistory, parseHistoryStream } from "./reading/parse.ts";
export { isRefusal, operationsOf } from "./columnar/operation.ts";
export type { Operation } from "./columnar/operation.ts";
export * from "./foreign/index.ts";
export { search } from "./search/search.ts";
export type { SearchBudget, SearchProblem, SearchResult } from "./search/search.ts";
export { type Share, wilson } from "./numbers/wilson.ts";
export * from "./set/index.ts";
export * from "./transactions/index.ts";
export * from "./workloads/index.ts";
export type * from "./language/workload-result.ts";
