/** The plan: all that was decided before a history ran, by a seed or by hand. plan.json is this, as JSON. */
import type { GuaranteeName, Json } from "../checkers/index.ts";
import type { Trigger } from "./trigger.ts";

export type { Json } from "../checkers/index.ts";

/** A target's settings, whole: only the target knows what they mean. */
export type Settings = Readonly<Record<string, Json>>;

/** The consistency that an operation asks for, as its target names it: of the bundled store r, pr, w, pw and dw. */
export type Levels = Readonly<Record<string, string | number>>;

/** One operation of one client. A client does its operations in order, one at a time. */
export interface PlannedOperation {
  /** Index of the client, 0 … clients − 1. */
  readonly client: number;
  /** Waits this long after the client's previous operation (or the start) before it begins. */
  readonly afterMs: number;
  /** The node that the client asks, an index: node n(1 + index). */
  readonly node: number;
  /** One of the workload's operations. */
  readonly f: string;
  /** Index of the key; the plan has its name. */
  readonly key: number;
  /** What else the workload's operation needs. */
  readonly args?: Readonly<Record<string, Json>>;
  readonly levels?: Levels;
  /** Send the context of this client's last operation on the key along. Otherwise the write is blind. */
  readonly carry?: boolean;
}

/** One fault: its kind, and the kind's own fields. */
export type Fault = { readonly kind: string; readonly [field: string]: Json };

/**
 * A fault begins `atMs` after the operations begin and is healed `durationMs` later (killed nodes start again, paused
 * ones resume).
 */
export interface PlannedFault<F extends Fault = Fault> {
  readonly atMs: number;
  readonly durationMs: number;
  readonly fault: F;
  /**
   * Begins not at once, but at this trigger after `atMs`, if it comes. A kill or pause of that node strikes exactly
   * then; other faults right behind it.
   */
  readonly when?: Trigger;
}

/** Which store a plan is for. */
export interface TargetName {
  readonly name: string;
  readonly version: string;
}

/**
 * All that is decided before a history runs. plan.json is this, as JSON. Nodes, keys and clients are indices from 0.
 */
export interface Plan {
  readonly format: "quorate-plan/2";
  readonly target: TargetName;
  readonly workload: string;
  /** Everything that the simulated world draws (delays, losses) comes from this. 32 bits, unsigned. */
  readonly worldSeed: number;
  readonly settings: Settings;
  readonly clients: number;
  readonly keys: number;
  /** The name of each key: where keys lie on a ring depends on it. Absent: k0, k1, … */
  readonly keyNames?: readonly string[];
  readonly operations: readonly PlannedOperation[];
  readonly faults: readonly PlannedFault[];
  /** Guarantees claimed beyond what the settings promise. */
  readonly claimed: readonly GuaranteeName[];
  /**
   * False: the final phase starts the nodes that are dead and lets the others go on. Absent: it restarts them all, so
   * that only durable state counts.
   */
  readonly restart?: boolean;
  /** A planted bug: its name, or the path of a file. */
  readonly bug?: string;
}

export const nodeName = (index: number): string => `n${index + 1}`;
/** The other way round. */
export const nodeIndex = (name: string): number => Number(name.slice(1)) - 1;
export const clientName = (index: number): string => `c${index + 1}`;
/** The name of a key of the plan. */
export const keyName = (index: number, { keyNames }: Pick<Plan, "keyNames">): string =>
  keyNames?.[index] ?? `k${index}`;
/** The names of all keys of the plan. */
export const keyNamesOf = (plan: Pick<Plan, "keys" | "keyNames">): string[] =>
  Array.from({ length: plan.keys }, (_, index) => keyName(index, plan));
/** Unique in a history: operation i writes this. */
export const valueOf = (operation: number): string => `v${operation}`;
