/// <reference types="node" preserve="true" />
/**
 * quorate/checkers: judges histories in memory. Loading it loads no cluster, no socket, no Docker client and no command
 * line.
 *
 * @module checkers
 */

// Judging a history of quorate's own format.
export {
  HistoryError,
  type HistoryErrorCode,
  HistoryJudge,
  judge,
  type JudgeOptions,
  parseHistory,
  parseHistoryStream,
} from "../checkers/index.ts";

// Guarantees, by name.
export {
  builtInCheckers,
  type GuaranteeName,
  guaranteeNames,
  isGuaranteeName,
} from "../checkers/index.ts";

// Writing a checker: what it is, what it reads, what it concludes.
export {
  type Capability,
  type Checker,
  type ClientAnswer,
  conclude,
  type EvidenceIndex,
  type FaultWindow,
  type Findings,
  type KnownRun,
  type Model,
  notApplicable,
  type Operation,
  operationsOf,
  type ReadReply,
  type ReadRequest,
  type StoreReply,
  type StoreRequest,
  type SyncIndex,
  type Writers,
} from "../checkers/index.ts";

// Verdicts.
export type {
  Anomaly,
  GuaranteeVerdict,
  Judgement,
  Measurement,
  Outcome,
  Stress,
  Verdict,
} from "../checkers/index.ts";

// Histories: each line of history.jsonl is one HistoryEvent.
export type {
  BootEvent,
  Capabilities,
  DurableRecord,
  EndEvent,
  Evidence,
  EvidenceEvent,
  EvidenceExtent,
  ExplainEvent,
  FailEvent,
  FaultEvent,
  FrameEvent,
  FrameSummary,
  HistoryEvent,
  InspectEvent,
  InvokeEvent,
  Json,
  Key,
  NodeEndedEvent,
  NodeName,
  OkEvent,
  PhaseEvent,
  Placement,
  RepairFacts,
  ReplicaState,
  RingEvent,
  RunEvent,
  ShownValue,
  StoreCause,
  SyncEvent,
  TargetIdentity,
  Value,
  VersionedValue,
  VersionKind,
  VersionName,
  VersionVector,
} from "../checkers/index.ts";

// Histories that other tools recorded.
export {
  Budget,
  type BudgetLimits,
  type ForeignAnomaly,
  type ForeignFormat,
  type ForeignGuarantee,
  foreignGuarantees,
  type ForeignJudgement,
  type ForeignModel,
  foreignModelNames,
  foreignModels,
  type ForeignQuestion,
  type ForeignResult,
  formatOf,
  guaranteeFor,
  judgeForeign,
  type KeyPlace,
  type Order,
  type ParsedHistory,
  readForeign,
  type SearchBudget,
  type TransactionGuarantee,
} from "../checkers/index.ts";

// Operations of one workload, in no format at all: sets, transactions, banks, counters, logs.
export {
  type BankAnomalyKind,
  type BankQuestion,
  type BankRead,
  type BatchAnomalyKind,
  type BatchOperation,
  type CausalReverseAnomalyKind,
  type CausalReverseOperation,
  checkBank,
  checkBatches,
  checkCausalReverse,
  checkCounter,
  checkLog,
  checkLongFork,
  checkSet,
  checkTransactions,
  type ClientOperation,
  type CounterAnomalyKind,
  type CounterOperation,
  type LogAnomalyKind,
  type LogMessage,
  type LogOperation,
  type LogQuestion,
  type LogStep,
  type LongForkAnomalyKind,
  type LongForkOperation,
  type CycleAnomalyKind,
  type CycleKind,
  type ReadAnomalyKind,
  type MicroOperation,
  type OperationNames,
  type SetAnomalyKind,
  type SetOperation,
  type SetQuestion,
  type SetResult,
  type SetRule,
  setRules,
  setTable,
  type SetTable,
  type Transaction,
  type TransactionAnomalyKind,
  type TransactionLevel,
  transactionLevels,
  type TransactionModel,
  type TransactionQuestion,
  type TransactionResult,
  transactionTable,
  type TransactionTable,
  type WorkloadAnomaly,
  type WorkloadResult,
} from "../checkers/index.ts";
