/**
 * Shrinks a failure in real time, where a try takes seconds and a plan may fail in some tries only. The likeliest cuts
 * are tried first. A smaller case is accepted if it fails in two of three tries. In the end, the result runs a few more
 * times to measure how often it fails.
 */
import { nothingSmaller } from "../../reports/index.ts";
import type { GuaranteeName } from "../../checkers/index.ts";
import { planArbitrary, type Plan, type PlanOptions } from "../../generators/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import type { RunOptions } from "../run/index.ts";
import { type Attempt, attemptOrNull } from "./attempt.ts";
import { likelyCuts } from "./likely-cuts.ts";
import { breaksOneOf } from "./shrink.ts";

export interface ShrinkingOptions {
  /** Every smaller plan must break at least one of these guarantees. */
  readonly broken: readonly GuaranteeName[];
  readonly plans: PlanOptions;
  /** The cluster on which the plan failed. */
  readonly cluster: Cluster;
  /** Further clusters of the same kind. Tries run on all of them at once. */
  readonly beside?: readonly Cluster[];
  readonly run: RunOptions;
  /**
   * The time for shrinking, in ms. No candidate is tried after it, but tries already begun may end later. The last
   * tries, which measure how often the result fails, come afterwards.
   */
  readonly timeoutMs: number;
  /**
   * After about this many tries, no candidate is tried any more, and the last tries measure how often the result fails.
   * Absent: no limit.
   */
  readonly mostTries?: number;
  readonly signal: AbortSignal;
  readonly progress: (smallest: Plan, tries: number) => void;
}

export interface ShrunkInRealTime {
  readonly found: Attempt;
  /** The number of runs of the result in the end, and how many of them failed. */
  readonly reproduced: { readonly runs: number; readonly failed: number };
  readonly tries: number;
  readonly ended: string;
}

export async function shrinkInRealTime(
  failed: Attempt,
  options: ShrinkingOptions,
): Promise<ShrunkInRealTime> {
  const { broken, signal, timeoutMs, mostTries = Number.POSITIVE_INFINITY } = options;
  const deadlineMs = performance.now() + timeoutMs;
  let tries = 0;
  const isLate = (): boolean => performance.now() >= deadlineMs;
  let bareAt = Infinity;
  const isDone = (): boolean => tries >= bareAt + triesOfBare;
  const isOver = (): boolean => signal.aborted || isLate() || tries >= mostTries || isDone();
  /** The failed attempt and the accepted attempts. Each is smaller than the one before. */
  const smaller = [failed];
  const smallest = (): Attempt => smaller.at(-1) ?? failed;

  const clusters = [options.cluster, ...(options.beside ?? [])];
  /**
   * Runs each plan once, as many at a time as there are clusters. The result of a run that broke none of the guarantees
   * is null.
   */
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

  /** Whether a candidate is accepted, after its first tries and as many further tries as the decision needs. */
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
   * Tries several candidates at once if there are several clusters, and returns the first accepted candidate. Null if
   * none is accepted.
   *
   * @param patience How often a candidate runs without a failure before it is dropped. Most candidates never fail, so a
   *   patience of one halves the cost.
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
    for (const plan of likelyCuts(smallest(), broken, options.plans)) {
      const name = JSON.stringify(plan);
      if (tried.has(name) || plan.operations.length > mostOperations) continue;
      tried.add(name);
      yield { plan, context: undefined };
    }
  }
  // After each accepted cut, new cuts are guessed: the anomaly of the smaller case tells more than that of the larger
  // case.
  while ((await firstThatCounts(untriedCuts(Infinity), 1)) !== null);

  const plans = planArbitrary(options.plans);
  function* allCandidates(context: unknown): IterableIterator<Candidate> {
    // Likely cuts must now halve the operations: times differ from try to try, so there would always be a small cut
    // left.
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
      ? `stopped after the time limit of ${timeoutMs / 1000} s`
      : tries >= mostTries && !isDone()
        ? `stopped at the limit of ${tries} tries`
        : nothingSmaller;

  /** Runs the attempt's plan several more times and counts the failures. */
  const rateOf = async ({ plan }: Attempt): Promise<{ runs: number; failed: number }> => {
    const before = tries;
    const again = await tryEach(Array<Plan>(triesOfCandidate).fill(plan));
    return { runs: tries - before, failed: again.filter((one) => one !== null).length };
  };
  // By luck, some candidates fail in two of three tries. If the smallest case does not fail often enough again, larger
  // cases are tried.
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

/** Whether little is left to shrink, such as the plan's times and its number of nodes. */
const isBare = ({ operations, faults }: Plan): boolean =>
  operations.length <= 1 && faults.length === 0;
/** The number of further tries after a case with at most one operation and no fault: enough to remove a node. */
const triesOfBare = 20;

/** A smaller plan, and the context with which fast-check shrinks it further. */
interface Candidate {
  readonly plan: Plan;
  readonly context: unknown;
}

/** Takes the next `count` items, or fewer at the end. */
function take<T>(items: Iterator<T>, count: number): readonly T[] {
  const taken: T[] = [];
  while (taken.length < count) {
    const next = items.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}

/** The number of failing tries after which a smaller case is accepted. */
const failuresNeeded = 2;
const triesOfCandidate = 3;
/** After this many tries without a failure, a candidate can no longer be accepted. */
const mostPatience = triesOfCandidate - failuresNeeded + 1;
const mostStepsBack = 8;
