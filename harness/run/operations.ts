/** Runs a plan's operations on its target: directly, or built from register operations. */
import type { RepairFacts } from "../../checkers/index.ts";
import {
  type AskRegister,
  canRun,
  heardOperation,
  heardWorkload,
  isNative,
  type Kinds,
  keyNamesOf,
  type OverRegister,
  type Plan,
  workloadOf,
} from "../../generators/index.ts";
import { EnvironmentError } from "../errors.ts";
import type { ClusterClock } from "../platforms/cluster.ts";
import type { ClientRequest, ClientSession, Outcome } from "../platforms/session.ts";
import type { Target } from "../targets/target.ts";

/** Performs one operation of the plan's workload. Each request of the operation may take `timeoutMs`. */
export type PerformOperation = (
  session: ClientSession,
  request: ClientRequest,
  timeoutMs: number,
  done: (outcome: Outcome) => void,
) => void;

/** A plan as its target sees it. */
export interface HeardPlan {
  readonly workload: string;
  /** Returns the name of the target's operation that the plan's operation `f` becomes. */
  operation(f: string): string;
  /** The keys that the target's operations use. */
  readonly keys: readonly string[];
  /** The largest number of sequential requests in one operation. */
  readonly requestsEach: number;
  /** Translates the promises for the target's operations into promises for the plan's workload. */
  promised(guarantees: readonly string[], repair: RepairFacts | undefined): readonly string[];
}

/**
 * Translates a plan into what its target runs: the workload's own operations, or operations on a register.
 *
 * @throws EnvironmentError if the target cannot run the plan's workload.
 */
export function heardPlan(plan: Plan, target: Target, kinds: Kinds): HeardPlan {
  const workload = workloadOf(kinds, plan.workload);
  const over = overRegister(plan, target, kinds);
  return {
    workload: heardWorkload(target, workload),
    operation: (f) => heardOperation(target, workload, f),
    keys: over?.keys ?? keyNamesOf(plan),
    requestsEach: over?.requests ?? 1,
    promised: (guarantees, repair) =>
      over === null
        ? guarantees
        : (workload.promisedOver?.({
            guarantees: new Set(guarantees),
            ...(repair === undefined ? {} : { repair }),
          }) ?? []),
  };
}

/**
 * Returns the workload as operations on a register. Returns null if the target supports the workload's own operations.
 */
function overRegister(plan: Plan, target: Target, kinds: Kinds): OverRegister | null {
  const workload = workloadOf(kinds, plan.workload);
  if (isNative(target, workload)) return null;
  const over = canRun(target, workload) ? workload.overRegister?.(plan) : undefined;
  if (over !== undefined) return over;
  throw new EnvironmentError({
    code: "workload-not-supported",
    expected: `a workload of ${target.name}: ${target.workloads.join(", ")}`,
    got: plan.workload,
    hint: "Take one of these, or add the workload to the target's workloads and its client",
  });
}

/**
 * The first id of the further requests that an operation makes. It is below `notAnOperation` and above the number of
 * any operation.
 */
const firstFurtherId = 1_000_000_000;

/**
 * Makes the function that performs the operations of one history. If an operation makes several requests, those after
 * the first get ids that no operation has.
 */
export function createPerformer(
  plan: Plan,
  target: Target,
  kinds: Kinds,
  clock: ClusterClock,
): PerformOperation {
  const over = overRegister(plan, target, kinds);
  if (over === null)
    return (session, request, timeoutMs, done) => session.perform(request, timeoutMs, done);
  let nextId = firstFurtherId;
  return (session, request, timeoutMs, done) => {
    const { op, levels } = request;
    let asked = 0;
    // The first request has the operation's own id, so that evidence names the operation.
    const ask: AskRegister = (one, answered) =>
      session.perform(
        { op: asked++ === 0 ? op : nextId++, ...one, ...(levels === undefined ? {} : { levels }) },
        timeoutMs,
        answered,
      );
    over.perform(request, ask, (outcome) => {
      // If no request was sent, `done` is called later, never before this function has returned.
      if (asked === 0) clock.setTimer(0, () => done(outcome));
      else done(outcome);
    });
  };
}
