/** The plan: everything that a seed or a person decided before a history runs. plan.json contains it. */
import type { GuaranteeName, Json } from "../checkers/index.ts";
import type { Trigger } from "./trigger.ts";

export type { Json } from "../checkers/index.ts";

/** The complete settings of a target. */
export type Settings = Readonly<Record<string, Json>>;

/** The consistency of an operation in the target's terms. For the bundled store: r, pr, w, pw and dw. */
export type Levels = Readonly<Record<string, string | number>>;

/** One operation of one client. A client does its operations in order, one at a time. */
export interface PlannedOperation {
  /** The client's index, 0 … clients − 1. */
  readonly client: number;
  /**
   * How long to wait after the end of the client's previous operation, in ms. For a client's first operation: after the
   * start of the operations.
   */
  readonly afterMs: number;
  /** The index of the node that the client asks, counted from 0. */
  readonly node: number;
  /** One of the workload's operations. */
  readonly f: string;
  /** The key's index, from 0. `keyName` returns the key's name. */
  readonly key: number;
  /** Further arguments of the workload's operation. */
  readonly args?: Readonly<Record<string, Json>>;
  readonly levels?: Levels;
  /**
   * Whether to send the context of this client's last operation on the key. If not, the write is blind, unless it is a
   * delete and the target's `deletesCarry` is set.
   */
  readonly carry?: boolean;
}

/** One fault: its kind, and the kind's own fields. */
export type Fault = { readonly kind: string; readonly [field: string]: Json };

/**
 * A fault that begins `atMs` after the operations begin, or later at its trigger (see `when`). It is healed
 * `durationMs` later: for example, killed nodes start again, and paused nodes resume.
 */
export interface PlannedFault<F extends Fault = Fault> {
  readonly atMs: number;
  readonly durationMs: number;
  readonly fault: F;
  /**
   * If set, the fault begins when this trigger occurs after `atMs`, and not at all if it does not occur. A kill or
   * pause of the trigger's node happens exactly at the trigger, other faults immediately after.
   */
  readonly when?: Trigger;
}

/** The store that a plan is for. */
export interface TargetName {
  readonly name: string;
  readonly version: string;
}

/** Everything decided before a history runs. plan.json contains it. Nodes, keys and clients are indices from 0. */
export interface Plan {
  readonly format: "quorate-plan/2";
  readonly target: TargetName;
  readonly workload: string;
  /**
   * The seed of everything that the simulated world draws, such as delays and losses. It is an unsigned 32-bit number.
   */
  readonly worldSeed: number;
  readonly settings: Settings;
  readonly clients: number;
  readonly keys: number;
  /** The names of the keys. They decide the keys' places on a ring, if the store has one. Absent: k0, k1, … */
  readonly keyNames?: readonly string[];
  readonly operations: readonly PlannedOperation[];
  readonly faults: readonly PlannedFault[];
  /** Guarantees claimed beyond what the settings promise. */
  readonly claimed: readonly GuaranteeName[];
  /**
   * Whether the final phase restarts all nodes, so that only durable state counts. If false, the final phase starts
   * only dead nodes. Default: true.
   */
  readonly restart?: boolean;
  /** A planted bug: its name, or the path of a file. */
  readonly bug?: string;
}

/** Returns the name of the node with this index. */
export type NodeNamer = (index: number) => string;
/** Makes a function that names nodes n1, n2, … If `firstNode` is another number, the first name has this number. */
export const nodeNamer =
  ({ firstNode = 1 }: { readonly firstNode?: number }): NodeNamer =>
  (index) =>
    `n${index + firstNode}`;
/** Returns the index of the node with this name. `firstNode` is the number in the first node's name. */
export const nodeIndex = (
  name: string,
  { firstNode = 1 }: { readonly firstNode?: number },
): number => Number(name.slice(1)) - firstNode;
/** Names nodes n1, n2, …, as most clusters do. */
export const nodeName = nodeNamer({});
export const clientName = (index: number): string => `c${index + 1}`;
/** Returns the name of a key of the plan. */
export const keyName = (index: number, { keyNames }: Pick<Plan, "keyNames">): string =>
  keyNames?.[index] ?? `k${index}`;
/** The names of all keys of the plan. */
export const keyNamesOf = (plan: Pick<Plan, "keys" | "keyNames">): string[] =>
  Array.from({ length: plan.keys }, (_, index) => keyName(index, plan));
/** The value v0, v1, … for the operation with this number. Many workloads write it, as it is unique in a history. */
export const valueOf = (operation: number): string => `v${operation}`;
