/** Checkers of workloads that have their own rules, as in Jepsen's tests. */
export { checkBank } from "./bank.ts";
export type { BankAnomalyKind, BankQuestion, BankRead } from "./bank.ts";
export { checkBatches } from "./batch.ts";
export type { BatchAnomalyKind, BatchOperation } from "./batch.ts";
export { checkCausalReverse } from "./causal-reverse.ts";
export type { CausalReverseAnomalyKind, CausalReverseOperation } from "./causal-reverse.ts";
export { checkCounter } from "./counter.ts";
export type { CounterAnomalyKind, CounterOperation } from "./counter.ts";
export { checkLog } from "./log.ts";
export type { LogAnomalyKind, LogMessage, LogOperation, LogQuestion, LogStep } from "./log.ts";
export { checkLongFork } from "./long-fork.ts";
export type { LongForkAnomalyKind, LongForkOperation } from "./long-fork.ts";
