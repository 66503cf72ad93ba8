/**
 * Workloads whose operations are made of reads, writes and deletes of single keys. Every target with the workload
 * `register` or `siblings` runs them without knowing them; a target that lists the workload itself gets its operations
 * as they are.
 */
import type { RepairFacts } from "../../checkers/index.ts";
import type { PlanTarget } from "../target.ts";
import type { ClientRequest, Outcome } from "./request.ts";
import type { Workload } from "./workload.ts";

/** One request of a register's client. */
export interface RegisterRequest {
  readonly f: "read" | "write" | "delete";
  readonly key: string;
  /** What a write writes. */
  readonly value?: string;
}

/**
 * Asks the register for the same client, at the same node and levels; one request at a time. Calls back once, at the
 * latest after the client's timeout.
 */
export type AskRegister = (request: RegisterRequest, done: (outcome: Outcome) => void) => void;

/** How one plan's operations are made of a register's. */
export interface OverRegister {
  /** All keys that requests can name: the target promises for these, and replicas are compared by these. */
  readonly keys: readonly string[];
  /** An operation asks the register at most so many times. */
  readonly requests: number;
  /**
   * Carries one operation out. With callbacks only: in the simulator no promise ever resolves within a history.
   *
   * @param done Called once, also where nothing is asked.
   */
  perform(request: ClientRequest, register: AskRegister, done: (outcome: Outcome) => void): void;
}

/** What the register promises, and how its replicas come to agree where that is known. */
export interface RegisterPromises {
  readonly guarantees: ReadonlySet<string>;
  readonly repair?: RepairFacts;
}

/** The workloads whose operations every other workload can be made of, the plainest first. */
const bases = ["register", "siblings"] as const;

/** @returns Whether the target gets the workload's own operations. */
export const isNative = (
  { workloads }: Pick<PlanTarget, "workloads">,
  { name }: Pick<Workload, "name">,
): boolean => workloads.includes(name);

/**
 * @returns Whether plans of the workload can run on the target: it lists the workload, or has what its operations are
 * made of.
 */
export const canRun = (
  target: Pick<PlanTarget, "workloads">,
  workload: Pick<Workload, "name" | "overRegister">,
): boolean =>
  isNative(target, workload) ||
  (workload.overRegister !== undefined && bases.some((base) => target.workloads.includes(base)));

/** @returns The names of all workloads that can run on the target: its own first, in its own order. */
export const workloadsOn = (
  target: Pick<PlanTarget, "workloads">,
  workloads: Iterable<Pick<Workload, "name" | "overRegister">>,
): readonly string[] => [
  ...target.workloads,
  ...[...workloads]
    .filter((workload) => !isNative(target, workload) && canRun(target, workload))
    .map(({ name }) => name),
];

/** @returns The workload that the target hears of, where the plan's is `workload`. */
export const heardWorkload = (
  target: Pick<PlanTarget, "workloads">,
  workload: Pick<Workload, "name">,
): string =>
  isNative(target, workload)
    ? workload.name
    : (bases.find((base) => target.workloads.includes(base)) ?? workload.name);

/** @returns What the target hears where the plan says `f`: a read or a write, unless it lists the workload. */
export const heardOperation = (
  target: Pick<PlanTarget, "workloads">,
  workload: Pick<Workload, "name" | "operations">,
  f: string,
): string =>
  isNative(target, workload) ? f : workload.operations[f]?.writes === true ? "write" : "read";
