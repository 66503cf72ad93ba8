/**
 * Workloads that can be built from reads, writes and deletes of single keys. Every target with the workload `register`
 * or `siblings` can run such a workload. A target that lists the workload itself gets the workload's own operations.
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
 * Sends a request to the register, with the client, node and levels of the workload's operation. Only one request may
 * be under way at a time. Calls `done` once, within the client's timeout.
 */
export type AskRegister = (request: RegisterRequest, done: (outcome: Outcome) => void) => void;

/** How a plan's operations are built from register requests. */
export interface OverRegister {
  /**
   * All keys that register requests may use. The target's promises are about these keys, and replicas are compared by
   * them.
   */
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

/**
 * @returns The names of the workloads that the target can run: first all that it lists, in its order, then those of
 *   `workloads` that can be built from its registers.
 */
export const workloadsOn = (
  target: Pick<PlanTarget, "workloads">,
  workloads: Iterable<Pick<Workload, "name" | "overRegister">>,
): readonly string[] => [
  ...target.workloads,
  ...[...workloads]
    .filter((workload) => !isNative(target, workload) && canRun(target, workload))
    .map(({ name }) => name),
];

/**
 * @returns The name of the workload whose operations the target gets: `workload` if the target lists it, otherwise
 *   `register` or `siblings`. If the target lists none of them, the name of `workload`.
 */
export const heardWorkload = (
  target: Pick<PlanTarget, "workloads">,
  workload: Pick<Workload, "name">,
): string =>
  isNative(target, workload)
    ? workload.name
    : (bases.find((base) => target.workloads.includes(base)) ?? workload.name);

/**
 * @returns The operation that the target gets for the workload's operation `f`: `f` itself if the target lists the
 *   workload, otherwise a read or a write.
 */
export const heardOperation = (
  target: Pick<PlanTarget, "workloads">,
  workload: Pick<Workload, "name" | "operations">,
  f: string,
): string =>
  isNative(target, workload) ? f : workload.operations[f]?.writes === true ? "write" : "read";
