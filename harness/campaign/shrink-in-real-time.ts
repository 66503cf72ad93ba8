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
import { breaksOneOf, shrink } from "./shrink.ts";

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
  const isOver = (): boolean => signal.aborted || isLate() || tries >= mostTries;
  /** Ever smaller. */
  const smaller = [failed];
  const smallest = (): Attempt => smaller.at(-1) ?? failed;

  const clusters = [options.cluster, ...(options.beside ?? [])];
  /**
   * Tries the plan so many times, as many at a time as there are clusters. Returns the tries that broke the promise.
   */
  const tryTimes = async (plan: Plan, times: number): Promise<readonly Attempt[]> => {
    const failures: Attempt[] = [];
    for (let left = times; left > 0 && !signal.aborted; left -= clusters.length)
      for (const attempted of await Promise.all(
        clusters
          .slice(0, left)
          .map((cluster) => attemptOrNull(plan, cluster, { ...options.run, signal })),
      )) {
        tries++;
        options.progress(smallest().plan, tries);
        if (attempted !== null && breaksOneOf(attempted, broken)) failures.push(attempted);
      }
    return failures;
  };

  /** The last run of a plan that counts as a smaller case; null: it does not. */
  const counts = async (plan: Plan): Promise<Attempt | null> => {
    if (isOver()) return null;
    const failures: Attempt[] = [];
    let left = triesOfCandidate;
    // Fewer decide nothing.
    let next = Math.min(failuresNeeded, triesOfCandidate - failuresNeeded + 1);
    while (next > 0) {
      failures.push(...(await tryTimes(plan, next)));
      left -= next;
      const missing = failuresNeeded - failures.length;
      if (missing <= 0) break;
      next = isOver() || missing > left ? 0 : missing;
    }
    const last = failures.at(-1);
    if (last === undefined || failures.length < failuresNeeded) return null;
    smaller.push(last);
    return last;
  };

  const tried = new Set<string>();
  const cutLikely = async (): Promise<void> => {
    for (const cut of likelyCuts(smallest(), broken, kinds)) {
      const name = JSON.stringify(cut);
      if (tried.has(name) || isOver()) continue;
      tried.add(name);
      // What broke it tells more than the larger one did.
      if ((await counts(cut)) !== null) return cutLikely();
    }
  };
  await cutLikely();

  const over = new AbortController();
  const { ended } = isOver()
    ? { ended: "" }
    : await shrink(smallest(), {
        plans: planArbitrary(options.plans),
        broken,
        run: async (plan) => {
          const attempted = await counts(plan);
          if (isOver()) over.abort();
          return attempted;
        },
        signal: over.signal,
      });
  const why = signal.aborted
    ? "interrupted"
    : isLate()
      ? `stopped by time: ${timeoutMs / 1000} s`
      : tries >= mostTries
        ? `stopped after ${tries} tries, as many as were asked for`
        : ended;

  /** In how many of some more runs it fails. */
  const rateOf = async ({ plan }: Attempt): Promise<{ runs: number; failed: number }> => {
    const before = tries;
    const failed = (await tryTimes(plan, triesOfCandidate)).length;
    return { runs: tries - before, failed };
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

/** A smaller case counts when it fails in so many of so many tries. */
const failuresNeeded = 2;
const triesOfCandidate = 3;
const mostStepsBack = 8;
