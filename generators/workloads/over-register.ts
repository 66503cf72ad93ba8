/**
 * Workloads built from reads, writes and deletes of single keys. Every target with the workload `register` or
 * `siblings` can run them without knowing them. A target that lists the workload itself gets its operations unchanged.
 */
import type { RepairFacts } from "../../checkers/index.ts";
import type { PlanTarget } from "../target.ts";
import type { ClientRequest, Outcome } from "./request.ts";
import type { Workload } from "./workload.ts";

/** A request to a register. */
export interface RegisterRequest {
  readonly f: "read" | "write" | "delete";
  readonly key: string;
  /** The value of a write. */
  readonly value?: string;
}

/**
 * Sends a request to the register for the same client, node and levels, one at a time. Calls back once, within the
 * client's timeout.
 */
export type AskRegister = (request: RegisterRequest, done: (outcome: Outcome) => void) => void;

/** How a plan's operations are built from register requests. */
export interface OverRegister {
  /** All keys that requests may use: the target's promises are about them, and replicas are compared by them. */
  readonly keys: readonly string[];
  /** The largest number of register requests in an operation. */
  readonly requests: number;
  /**
   * Carries out one operation. Uses callbacks only, since no promise resolves within a simulated history.
   *
   * @param done Called once, even if no request is sent.
   */
  perform(request: ClientRequest, register: AskRegister, done: (outcome: Outcome) => void): void;
}

/** The register's promises, and how its replicas become equal, if that is known. */
export interface RegisterPromises {
  readonly guarantees: ReadonlySet<string>;
  readonly repair?: RepairFacts;
}

/** The workloads that other workloads can be built from, the simplest first. */
const bases = ["register", "siblings"] as const;

/** @returns Whether the target supports the workload's own operations. */
export const isNative = (
  { workloads }: Pick<PlanTarget, "workloads">,
  { name }: Pick<Workload, "name">,
): boolean => workloads.includes(name);

/**
 * @returns Whether the target can run plans of the workload: it lists the workload, or one that the workload can be
 *   built from.
 */
export const canRun = (
  target: Pick<PlanTarget, "workloads">,
  workload: Pick<Workload, "name" | "overRegister">,
): boolean =>
  isNative(target, workload) ||
  (workload.overRegister !== undefined && bases.some((base) => target.workloads.includes(base)));

/** @returns The names of all workloads that the target can run, its own first, in its order. */
export const workloadsOn = (
  target: Pick<PlanTarget, "workloads">,
  workloads: Iterable<Pick<Workload, "name" | "overRegister">>,
): readonly string[] => [
  ...target.workloads,
  ...[...workloads]
    .filter((workload) => !isNative(target, workload) && canRun(target, workload))
    .map(({ name }) => name),
];

/** @returns The workload that the target itself runs for the plan's `workload`. */
export const heardWorkload = (
  target: Pick<PlanTarget, "workloads">,
  workload: Pick<Workload, "name">,
): string =>
  isNative(target, workload)
    ? workload.name
    : (bases.find((base) => target.workloads.includes(base)) ?? workload.name);

/**
 * @returns The operation that the target itself runs for the plan's `f`: a read or a write, unless it lists the
 *   workload.
 */
export const heardOperation = (
  target: Pick<PlanTarget, "workloads">,
  workload: Pick<Workload, "name" | "operations">,
  f: string,
): string =>
  isNative(target, workload) ? f : workload.operations[f]?.writes === true ? "write" : "read";
