/** Judges operations on one set by the rules of `set-rules.ts`. */
export { checkSet } from "./check-set.ts";
export type { SetQuestion, SetResult } from "./check-set.ts";
export { setRules } from "./set-rules.ts";
export type { SetAnomalyKind, SetRule } from "./set-rules.ts";
export { SetTable, setTable } from "./set-table.ts";
export type { SetOperation } from "./set-table.ts";
