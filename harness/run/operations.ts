/** How a plan's operations are carried out on its target: as they are, or made of the register's. */
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

/** A session that knows all operations of the plan's workload. Each request has `timeoutMs`. */
export type PerformOperation = (
  session: ClientSession,
  request: ClientRequest,
  timeoutMs: number,
  done: (outcome: Outcome) => void,
) => void;

/** What the target hears of a plan. */
export interface HeardPlan {
  readonly workload: string;
  /** What an operation of the plan asks for. */
  operation(f: string): string;
  /** The keys that its clients name. */
  readonly keys: readonly string[];
  /** The most requests, one after the other, that one operation is made of. */
  readonly requestsEach: number;
  /** Of what the target promises for what it hears: what that comes to for the plan's workload. */
  promised(guarantees: readonly string[], repair: RepairFacts | undefined): readonly string[];
}

/** @throws EnvironmentError where the target can run the plan's workload in no way. */
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

/** null: the target knows the workload's operations itself. */
function overRegister(plan: Plan, target: Target, kinds: Kinds): OverRegister | null {
  const workload = workloadOf(kinds, plan.workload);
  if (isNative(target, workload)) return null;
  const over = canRun(target, workload) ? workload.overRegister?.(plan) : undefined;
  if (over !== undefined) return over;
  throw new EnvironmentError({
    code: "workload-not-supported",
    expected: `a workload of ${target.name}: ${target.workloads.join(", ")}`,
    got: plan.workload,
    hint: "Take one of these, or add it to the target's workloads and its client",
  });
}

/** Below `notAnOperation`, above the numbers of all operations. */
const firstFurtherId = 1_000_000_000;

/** One for a whole history: requests that are no operation by themselves get ids that no operation has. */
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
    // The first request has the operation's own id, so that evidence of an operation of one request names it.
    const ask: AskRegister = (one, answered) =>
      session.perform(
        { op: asked++ === 0 ? op : nextId++, ...one, ...(levels === undefined ? {} : { levels }) },
        timeoutMs,
        answered,
      );
    over.perform(request, ask, (outcome) => {
      // Whoever asked is never called before this returned.
      if (asked === 0) clock.setTimer(0, () => done(outcome));
      else done(outcome);
    });
  };
}
