/** The plan: all that was decided before a history ran, by a seed or by hand. plan.json is this, as JSON. */
import type { GuaranteeName } from "../checkers/index.ts";
import type { Quorum, StoreSettings } from "../store/index.ts";
import type { ClockShape } from "./clock.ts";
import type { LinkFault } from "./links.ts";
import type { Moment } from "./moment.ts";

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
  | { readonly shape: "bridge"; readonly node: number; readonly side: readonly number[] }
  /** Any set of links, each in one direction: what a random partition cuts. */
  | { readonly shape: "links"; readonly cuts: readonly (readonly [from: number, to: number])[] };

export type Fault =
  | { readonly kind: "partition"; readonly partition: PartitionShape }
  | { readonly kind: "kill"; readonly nodes: readonly number[] }
  | { readonly kind: "pause"; readonly nodes: readonly number[] }
  /** The wall clocks of these nodes; their monotonic clocks stay true. */
  | { readonly kind: "clock"; readonly nodes: readonly number[]; readonly clock: ClockShape }
  /** Packets between clients and these nodes are dropped: on their way in (requests), out (replies), or both. */
  | { readonly kind: "clients"; readonly nodes: readonly number[]; readonly direction: Direction }
  | LinkFault
  /** The power of the nodes fails: what their disks had not synced is lost too. They start again on what is left. */
  | { readonly kind: "power"; readonly nodes: readonly number[] }
  /** No room is left on the disks of the nodes, or each fsync takes long; both pass. */
  | { readonly kind: "disk-full" | "slow-disk"; readonly nodes: readonly number[] }
  /** The nodes may use no more than this; both limits are lifted again. */
  | ({ readonly kind: "limit"; readonly nodes: readonly number[] } & Limit)
  /** The nodes are killed, what their disks hold is damaged, and they start again on what is left. */
  | {
      readonly kind: "disk";
      readonly nodes: readonly number[];
      readonly damage: DiskDamage;
      readonly atPerMille: number;
    };

/**
 * All of it gone; the last record cut short; one byte flipped, or all behind a place lost (the place: so many thousandths into the log); an older
 * copy put back (taken so many thousandths into the time before the fault).
 */
export type DiskDamage = "wipe" | "tear" | "flip" | "truncate" | "restore";

/** How much a node may use: a share of one processor in percent, and memory. */
export interface Limit {
  readonly processorPercent: number;
  readonly memoryMiB: number;
}

/** Which packets, seen from the nodes of a fault: those that come in, those that go out, or both. */
export type Direction = "in" | "out" | "both";

export type FaultKind = Fault["kind"];

/** A fault begins `atMs` after the operations begin and is healed `durationMs` later (killed nodes start again, paused ones resume). */
export interface PlannedFault {
  readonly atMs: number;
  readonly durationMs: number;
  readonly fault: Fault;
  /** Begins not at once, but at this moment after `atMs`, if it comes. A kill or pause of that node strikes exactly then; other faults right behind it. */
  readonly when?: Moment;
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

const kinds: Readonly<Record<FaultKind, true>> = {
  partition: true,
  kill: true,
  pause: true,
  clock: true,
  loss: true,
  disk: true,
  "disk-full": true,
  "slow-disk": true,
  power: true,
  delay: true,
  rate: true,
  duplicate: true,
  reorder: true,
  clients: true,
  limit: true,
};
/** Each kind of fault, in the order in which plans draw them. */
export const faultKinds = Object.keys(kinds) as readonly FaultKind[];

/** Stands for all clients where the ends of links are named. */
export const allClients = "clients";
export const nodeName = (index: number): string => `n${index + 1}`;
export const clientName = (index: number): string => `c${index + 1}`;
export const keyName = (index: number): string => `k${index}`;
/** Unique in a history: operation i writes this. */
export const valueOf = (operation: number): string => `v${operation}`;
