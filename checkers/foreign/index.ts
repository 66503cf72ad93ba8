/** Other tools' histories: from bytes to a verdict. */
export { beginningBytes, formatNames, formatOf, parserFor } from "./formats.ts";
export { Budget } from "./budget.ts";
export type { BudgetLimits } from "./budget.ts";
export { judgeForeign } from "./judge.ts";
export type { ForeignQuestion, ForeignResult } from "./judge.ts";
export { foreignGuarantees, foreignModelNames, foreignModels, guaranteeFor } from "./models.ts";
export type { ForeignGuarantee, ForeignModel } from "./models.ts";
export type { ForeignAnomaly, ForeignJudgement } from "./findings.ts";
export type { ForeignFormat, ForeignHistory, ForeignOperation, Order } from "./history.ts";
export type { HistoryParser, ParsedHistory } from "./parsers.ts";
export { readForeign } from "./read.ts";
