/** Reads and judges other tools' histories. */
export { beginningBytes, formatNames, formatOf, parserFor } from "./formats.ts";
export { Budget } from "./shared-budget.ts";
export type { BudgetLimits } from "./shared-budget.ts";
export { judgeForeign } from "./judge-foreign.ts";
export type { ForeignQuestion, ForeignResult } from "./judge-foreign.ts";
export {
  foreignGuarantees,
  foreignModelNames,
  foreignModels,
  guaranteeFor,
} from "./foreign-models.ts";
export type { KeyPlace } from "./foreign-operations.ts";
export type { ForeignGuarantee, ForeignModel, TransactionGuarantee } from "./foreign-models.ts";
export { type BlockedOperation, type LegalPrefix, longestLegalPrefix } from "./legal-prefix.ts";
export type { ForeignAnomaly, ForeignJudgement } from "./foreign-findings.ts";
export type { ForeignFormat, ForeignHistory, ForeignOperation, Order } from "./foreign-history.ts";
export type { HistoryParser, ParsedHistory } from "./history-parsers.ts";
export { readForeign } from "./read-foreign.ts";
