/** The isolation levels, with the anomalies that each forbids. */

/**
 * The isolation levels by name. Each level is one of four bases in one of three orders.
 *
 * Bases: Adya's PL-2 (read committed) and PL-3 (serializable), "Weak Consistency" (MIT, 1999); read atomic and snapshot
 * isolation as in Cerone, Bernardi, Gotsman, "A Framework for Transactional Consistency Models with Atomic Visibility"
 * (CONCUR 2015). Orders: none; each session's own order; real time.
 */
export const transactionLevels = {
  "read-committed": { base: "read-committed", order: "none" },
  "strong-session-read-committed": { base: "read-committed", order: "session" },
  "strong-read-committed": { base: "read-committed", order: "realtime" },
  "read-atomic": { base: "read-atomic", order: "none" },
  "strong-session-read-atomic": { base: "read-atomic", order: "session" },
  "strong-read-atomic": { base: "read-atomic", order: "realtime" },
  "snapshot-isolation": { base: "snapshot-isolation", order: "none" },
  "strong-session-snapshot-isolation": { base: "snapshot-isolation", order: "session" },
  "strong-snapshot-isolation": { base: "snapshot-isolation", order: "realtime" },
  serializable: { base: "serializable", order: "none" },
  "strong-session-serializable": { base: "serializable", order: "session" },
  "strict-serializable": { base: "serializable", order: "realtime" },
} as const satisfies Record<string, { readonly base: Base; readonly order: Order }>;

/** The name of an isolation level. */
export type TransactionLevel = keyof typeof transactionLevels;

export type Base = "read-committed" | "read-atomic" | "snapshot-isolation" | "serializable";
export type Order = "none" | "session" | "realtime";

/** The kinds of anomalies that single reads and writes show, without a cycle. */
export type ReadAnomalyKind =
  /** Aborted read: a read returned what a failed transaction wrote. */
  | "G1a"
  /** Intermediate read: a read returned what its writer overwrote, or appended to, in the same transaction. */
  | "G1b"
  /** A read disagrees with what its own transaction read or wrote before. */
  | "internal"
  /** A read returned what its own transaction wrote only after the read. */
  | "future-read"
  /** A read returned a value that nobody wrote. */
  | "unwritten-read"
  /** A list holds an element twice. */
  | "duplicate-elements"
  /**
   * Two reads of a list, of which neither is a prefix of the other. Or a list shows the appends of one transaction in
   * another order than it made them.
   */
  | "incompatible-order"
  /** A committed transaction appended to a list behind an element of a failed transaction. */
  | "dirty-update"
  /** Two transactions read the same version of a key, and both wrote the key. */
  | "lost-update";

/** The kinds of cycles of transactions, in the terms of Adya and of Elle. */
export type CycleKind = "G0" | "G1c" | "G-single" | "G-nonadjacent" | "G2-item";

/**
 * The kind of a cycle. The suffix `-session` or `-realtime` says that the cycle needs the order of sessions or real
 * time.
 */
export type CycleAnomalyKind = CycleKind | `${CycleKind}-session` | `${CycleKind}-realtime`;

/** The kinds of anomalies of transactions. */
export type TransactionAnomalyKind =
  | ReadAnomalyKind
  | CycleAnomalyKind
  /** No order of the transactions explains all reads, although no single cycle proves that. */
  | "no-order";

const always: readonly ReadAnomalyKind[] = [
  "G1a",
  "G1b",
  "future-read",
  "unwritten-read",
  "duplicate-elements",
  "incompatible-order",
  "dirty-update",
];

const forbiddenReads: Readonly<Record<Base, ReadonlySet<string>>> = {
  "read-committed": new Set<string>(always),
  "read-atomic": new Set<string>([...always, "internal"]),
  "snapshot-isolation": new Set<string>([...always, "internal", "lost-update"]),
  serializable: new Set<string>([...always, "internal", "lost-update"]),
};

const readAnomalies = forbiddenReads.serializable;

/**
 * Whether an anomaly of this kind breaks a level with this base. Every cycle and `no-order` do, since checkers search
 * only for what the level forbids.
 */
export const forbids = (base: Base, kind: TransactionAnomalyKind): boolean =>
  forbiddenReads[base].has(kind) || !readAnomalies.has(kind);
