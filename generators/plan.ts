/** The plan: all that was decided before a history ran, by a seed or by hand. plan.json is this, as JSON. */
import type { GuaranteeName } from "../checkers/index.ts";
import type { Quorum, StoreSettings } from "../store/index.ts";
import type { ClockShape } from "./clock.ts";

/** One operation of one client. A client does its operations in order, one at a time. */
export interface PlannedOperation {
  /** Index of the client, 0 … clients − 1. */
  readonly client: number;
  /** Waits this long after the client's previous operation (or the start) before it begins. */
  readonly afterMs: number;
  /** The node that the client asks, an index: node n(1 + index). */
  readonly node: number;
  readonly f: "read" | "write" | "delete";
  /** Index of the key: key k(index). */
  readonly key: number;
  readonly r?: Quorum;
  readonly pr?: Quorum;
  readonly w?: Quorum;
  readonly pw?: Quorum;
  readonly dw?: Quorum;
  /** Siblings: send the context of this client's last read or write of the key along. Otherwise the put is blind. */
  readonly carry?: boolean;
}

/** Which packets between nodes are dropped. Nodes are indices. */
export type PartitionShape =
  | { readonly shape: "halves"; readonly side: readonly number[] }
  | { readonly shape: "isolate"; readonly node: number }
  | { readonly shape: "one-way"; readonly from: number; readonly to: number }
  /** Majorities that overlap: on a ring of all nodes in this order, each reaches its nearest neighbours only, a majority with itself. */
  | { readonly shape: "ring"; readonly order: readonly number[] }
  /** The side and the rest reach each other through one node only, which reaches all. */
  | { readonly shape: "bridge"; readonly node: number; readonly side: readonly number[] };

export type Fault =
  | { readonly kind: "partition"; readonly partition: PartitionShape }
  | { readonly kind: "kill"; readonly nodes: readonly number[] }
  | { readonly kind: "pause"; readonly nodes: readonly number[] }
  /** The wall clocks of these nodes; their monotonic clocks stay true. */
  | { readonly kind: "clock"; readonly nodes: readonly number[]; readonly clock: ClockShape }
  /** Of the packets that peers send to these nodes, so many of a hundred are lost, each by chance. */
  | { readonly kind: "loss"; readonly nodes: readonly number[]; readonly percent: number }
  /** The nodes are killed, what their disks hold is damaged, and they start again on what is left. */
  | { readonly kind: "disk"; readonly nodes: readonly number[]; readonly damage: DiskDamage; readonly atPerMille: number };

/** All of it gone; the last record cut short; one byte flipped, or all behind a place lost (the place: so many thousandths into the log). */
export type DiskDamage = "wipe" | "tear" | "flip" | "truncate";

export type FaultKind = Fault["kind"];

/** A fault begins `atMs` after the operations begin and is healed `durationMs` later (killed nodes start again, paused ones resume). */
export interface PlannedFault {
  readonly atMs: number;
  readonly durationMs: number;
  readonly fault: Fault;
}

export interface Plan {
  readonly format: "quorate-plan/1";
  /** Everything that the simulated world draws (delays, losses) comes from this. 32 bits, unsigned. */
  readonly worldSeed: number;
  readonly settings: StoreSettings;
  readonly clients: number;
  readonly keys: number;
  readonly operations: readonly PlannedOperation[];
  readonly faults: readonly PlannedFault[];
  /** Guarantees claimed beyond what the settings promise. */
  readonly claimed: readonly GuaranteeName[];
  /** A planted bug: its name, or the path of a file. */
  readonly bug?: string;
}

export const nodeName = (index: number): string => `n${index + 1}`;
export const clientName = (index: number): string => `c${index + 1}`;
export const keyName = (index: number): string => `k${index}`;
/** Unique in a history: operation i writes this. */
export const valueOf = (operation: number): string => `v${operation}`;
