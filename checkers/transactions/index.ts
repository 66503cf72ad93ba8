/** Judges transactions on lists and registers by isolation levels. */
export { checkTransactions } from "./check-transactions.ts";
export type { TransactionQuestion, TransactionResult } from "./check-transactions.ts";
export { transactionLevels } from "./levels.ts";
export type {
  CycleAnomalyKind,
  CycleKind,
  ReadAnomalyKind,
  TransactionAnomalyKind,
  TransactionLevel,
} from "./levels.ts";
export { TransactionTable, transactionTable } from "./transaction-table.ts";
export type { MicroOperation, Transaction, TransactionModel } from "./transaction-table.ts";
