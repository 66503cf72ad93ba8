/**
 * Shrinks on machines where time is real: a try takes seconds, and a plan may fail in some tries only. So the likeliest
 * cuts come first, a smaller case counts when it fails in two of three tries, and what is left is run again for its
 * rate.
 */
import type { GuaranteeName } from "../../checkers/index.ts";
import {
  builtInKinds,
  planArbitrary,
  type Plan,
  type PlanOptions,
} from "../../generators/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import type { RunOptions } from "../run/index.ts";
import { type Attempt, attemptOrNull } from "./attempt.ts";
import { likelyCuts } from "./likely-cuts.ts";
import { breaksOneOf } from "./shrink.ts";

export interface ShrinkingOptions {
  /** One of these must break in every smaller plan. */
  readonly broken: readonly GuaranteeName[];
  readonly plans: PlanOptions;
  /** Where the plan failed. */
  readonly cluster: Cluster;
  /** More of its kind, where time is real: tries of one plan run on all of them at a time. */
  readonly beside?: readonly Cluster[];
  readonly run: RunOptions;
  /** No try starts after this, but for the last ones, which tell the rate of what was found. */
  readonly timeoutMs: number;
  /** The same in tries. */
  readonly mostTries?: number;
  readonly signal: AbortSignal;
  readonly progress: (smallest: Plan, tries: number) => void;
}

export interface ShrunkInRealTime {
  readonly found: Attempt;
  /** In how many of how many last runs it failed again. */
  readonly reproduced: { readonly runs: number; readonly failed: number };
  readonly tries: number;
  readonly ended: string;
}

export async function shrinkInRealTime(
  failed: Attempt,
  options: ShrinkingOptions,
): Promise<ShrunkInRealTime> {
  const { broken, signal, timeoutMs, mostTries = Number.POSITIVE_INFINITY } = options;
  const { kinds = builtInKinds } = options.plans;
  const deadlineMs = performance.now() + timeoutMs;
  let tries = 0;
  const isLate = (): boolean => performance.now() >= deadlineMs;
  let bareAt = Infinity;
  const isDone = (): boolean => tries >= bareAt + triesOfBare;
  const isOver = (): boolean => signal.aborted || isLate() || tries >= mostTries || isDone();
  /** Ever smaller. */
  const smaller = [failed];
  const smallest = (): Attempt => smaller.at(-1) ?? failed;

  const clusters = [options.cluster, ...(options.beside ?? [])];
  /** Runs each plan once, as many at a time as there are clusters; null: it did not break the promise. */
  const tryEach = async (plans: readonly Plan[]): Promise<readonly (Attempt | null)[]> => {
    const results: (Attempt | null)[] = [];
    for (let from = 0; from < plans.length && !signal.aborted; from += clusters.length)
      results.push(
        ...(await Promise.all(
          clusters.slice(0, plans.length - from).map(async (cluster, index) => {
            const plan = plans[from + index] ?? smallest().plan;
            const attempted = await attemptOrNull(plan, cluster, { ...options.run, signal });
            tries++;
            options.progress(smallest().plan, tries);
            return attempted !== null && breaksOneOf(attempted, broken) ? attempted : null;
          }),
        )),
      );
    return results;
  };

  /** Whether a candidate counts after its first tries and, where they leave it open, some more. */
  const counts = async (plan: Plan, first: readonly (Attempt | null)[]): Promise<boolean> => {
    const failures = first.filter((one) => one !== null);
    let left = triesOfCandidate - first.length;
    while (failures.length < failuresNeeded) {
      const missing = failuresNeeded - failures.length;
      if (missing > left || isOver()) return false;
      left -= missing;
      const more = await tryEach(Array<Plan>(missing).fill(plan));
      failures.push(...more.filter((one) => one !== null));
    }
    const last = failures.at(-1);
    if (last === undefined) return false;
    smaller.push(last);
    if (isBare(last.plan)) bareAt = Math.min(bareAt, tries);
    return true;
  };

  /**
   * Tries as many candidates at a time as there are clusters, and returns the first that counts.
   *
   * @param patience A candidate is out once it has held so many times. Most hold, so one try rules out most at half the cost.
   */
  const firstThatCounts = async (
    candidates: Iterator<Candidate>,
    patience: number,
  ): Promise<Candidate | null> => {
    for (;;) {
      const some = take(candidates, Math.max(1, Math.floor(clusters.length / patience)));
      if (some.length === 0 || isOver()) return null;
      const firsts = await tryEach(some.flatMap(({ plan }) => Array<Plan>(patience).fill(plan)));
      for (const [index, candidate] of some.entries()) {
        const first = firsts.slice(index * patience, (index + 1) * patience);
        if (first.some((one) => one !== null) && (await counts(candidate.plan, first)))
          return candidate;
      }
    }
  };

  const tried = new Set<string>();
  function* untriedCuts(mostOperations: number): IterableIterator<Candidate> {
    for (const plan of likelyCuts(smallest(), broken, kinds)) {
      const name = JSON.stringify(plan);
      if (tried.has(name) || plan.operations.length > mostOperations) continue;
      tried.add(name);
      yield { plan, context: undefined };
    }
  }
  // What broke the smaller one tells more than what broke the larger one did.
  while ((await firstThatCounts(untriedCuts(Infinity), 1)) !== null);

  const plans = planArbitrary(options.plans);
  function* allCandidates(context: unknown): IterableIterator<Candidate> {
    // Only bold ones: what happened differs by milliseconds from try to try, and the cuts with it.
    yield* untriedCuts(smallest().plan.operations.length / 2);
    for (const { value: plan, context: next } of plans.shrink(smallest().plan, context))
      yield { plan, context: next };
  }
  let context: unknown;
  let patience = 1;
  while (!isOver()) {
    const next = await firstThatCounts(allCandidates(context), patience);
    if (next === null && patience === mostPatience) break;
    context = next?.context;
    patience = next === null ? mostPatience : 1;
  }
  const why = signal.aborted
    ? "interrupted"
    : isLate()
      ? `stopped by time: ${timeoutMs / 1000} s`
      : tries >= mostTries && !isDone()
        ? `stopped after ${tries} tries, as many as were asked for`
        : "nothing smaller fails in the same way";

  /** In how many of some more runs it fails. */
  const rateOf = async ({ plan }: Attempt): Promise<{ runs: number; failed: number }> => {
    const before = tries;
    const again = await tryEach(Array<Plan>(triesOfCandidate).fill(plan));
    return { runs: tries - before, failed: again.filter((one) => one !== null).length };
  };
  // Of many candidates, some fail twice in three tries by luck: where the smallest does not fail again, a larger one is
  // taken.
  let found = failed;
  let reproduced = { runs: 0, failed: -1 };
  for (let back = 1; back <= mostStepsBack && reproduced.failed < failuresNeeded; back *= 2) {
    const candidate = smaller[Math.max(0, smaller.length - back)] ?? failed;
    const rate = await rateOf(candidate);
    if (rate.failed > reproduced.failed) [found, reproduced] = [candidate, rate];
    if (signal.aborted || candidate === failed) break;
  }
  return { found, reproduced, tries, ended: why };
}

/** It has nothing to lose but times and nodes. */
const isBare = ({ operations, faults }: Plan): boolean =>
  operations.length <= 1 && faults.length === 0;
/** Enough to lose a node. */
const triesOfBare = 20;

/** A smaller plan, and what its arbitrary needs to go on from it. */
interface Candidate {
  readonly plan: Plan;
  readonly context: unknown;
}

/** The next few of them; fewer where no more are left. */
function take<T>(items: Iterator<T>, count: number): readonly T[] {
  const taken: T[] = [];
  while (taken.length < count) {
    const next = items.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}

/** A smaller case counts when it fails in so many of so many tries. */
const failuresNeeded = 2;
const triesOfCandidate = 3;
/** After so many tries that hold, the others cannot make it count. */
const mostPatience = triesOfCandidate - failuresNeeded + 1;
const mostStepsBack = 8;
