/** Finds the smallest failing plan, always of the same target: in the simulator where it can be, as a try costs milliseconds there and fails the same way each time. */
import type { GuaranteeName } from "../../checkers/index.ts";
import {
  builtInKinds,
  planArbitrary,
  type Plan,
  type PlanOptions,
} from "../../generators/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import { possiblePart, type RunOptions } from "../run/index.ts";
import { createSimCluster } from "../platforms/simulator/index.ts";
import { type Attempt, attemptOrNull } from "./attempt.ts";
import { breaksOneOf, shrink, type Shrunk } from "./shrink.ts";

export interface SmallestOptions {
  /** One of these must break in every smaller plan. */
  readonly broken: readonly GuaranteeName[];
  readonly plans: PlanOptions;
  /** Where the plan failed. */
  readonly cluster: Cluster;
  readonly run: RunOptions;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly progress: (smallest: Plan, tries: number) => void;
}

/** `found` is null when nothing was run that broke the same guarantee again. `on`: where it did. */
export interface Smallest {
  readonly found: Attempt | null;
  readonly on: Pick<Cluster, "platform" | "replaysExactly">;
  /** Where time is real: in how many of how many last runs of what was found it failed again. */
  readonly reproduced?: { readonly runs: number; readonly failed: number };
  readonly tries: number;
  readonly ended: string;
}

/**
 * Shrinks on the platform where the plan failed if that replays exactly. Else, where the target also runs in the simulator, the plan is
 * first tried there under many schedules (world seeds 0, 1, …): the first that breaks one of the same guarantees, without the
 * faults that only the other platform has, is shrunk there. Where none does, it is shrunk where it failed.
 */
export async function findSmallest(failed: Attempt, options: SmallestOptions): Promise<Smallest> {
  const { cluster } = options;
  if (cluster.replaysExactly) return shrinkExactly(failed, cluster, options, 0);
  if (cluster.target.simulator === undefined) return shrinkInRealTime(failed, options, 0);
  const simulator = createSimCluster(cluster.target);
  try {
    const { simulated, tries } = await simulate(failed.plan, simulator, options);
    return simulated === null
      ? await shrinkInRealTime(failed, options, tries)
      : await shrinkExactly(simulated, simulator, options, tries);
  } finally {
    await simulator.stop();
  }
}

/** The first simulated schedule of the plan that breaks one of the same guarantees. */
async function simulate(
  plan: Plan,
  simulator: Cluster,
  options: SmallestOptions,
): Promise<{ readonly simulated: Attempt | null; readonly tries: number }> {
  const possible = possiblePart(plan, simulator, options.plans.kinds ?? builtInKinds);
  for (let worldSeed = 0; worldSeed < schedules && !options.signal.aborted; worldSeed++) {
    const simulated = await attemptOrNull({ ...possible, worldSeed }, simulator, options.run);
    options.progress(plan, worldSeed + 1);
    if (simulated !== null && breaksOneOf(simulated, options.broken))
      return { simulated, tries: worldSeed + 1 };
  }
  return { simulated: null, tries: schedules };
}

async function shrinkExactly(
  start: Attempt,
  cluster: Cluster,
  options: SmallestOptions,
  tries: number,
): Promise<Smallest> {
  const { broken, timeoutMs, signal } = options;
  const shrunk: Shrunk = await shrink(start, {
    plans: planArbitrary(options.plans),
    broken,
    run: (plan) => attemptOrNull(plan, cluster, options.run),
    timeoutMs,
    signal,
    progress: (plan, more) => options.progress(plan, tries + more),
  });
  return { found: shrunk.smallest, on: cluster, tries: tries + shrunk.tries, ended: shrunk.ended };
}

/**
 * In real time a plan may fail in some tries only, so a smaller one must fail in most of a few tries, and what is left is run again for its rate.
 * The time is up between tries, never within one: no history is left running.
 */
async function shrinkInRealTime(
  failed: Attempt,
  options: SmallestOptions,
  simulated: number,
): Promise<Smallest> {
  const { cluster, broken } = options;
  const late = AbortSignal.timeout(options.timeoutMs * realTimeTakesTimes);
  const signal = AbortSignal.any([late, options.signal]);
  let tries = simulated;
  /** Ever smaller. */
  const smaller = [failed];
  /** A case that fails now and then is of no use to who replays it: it counts once it failed in most of its tries. */
  const run = async (plan: Plan): Promise<Attempt | null> => {
    let failures = 0;
    for (let tried = 1; ; tried++) {
      const attempted = await attemptOrNull(plan, cluster, {
        ...options.run,
        signal: options.signal,
      });
      tries++;
      if (attempted !== null && breaksOneOf(attempted, broken)) failures++;
      else if (tried - failures > triesOfCandidate - failuresNeeded || signal.aborted)
        return attempted;
      if (attempted !== null && failures === failuresNeeded) {
        smaller.push(attempted);
        return attempted;
      }
      if (signal.aborted) return null;
    }
  };
  const { ended } = await shrink(failed, {
    plans: planArbitrary(options.plans),
    broken,
    run,
    signal,
    progress: (plan) => options.progress(plan, tries),
  });
  /** In how many of some more runs it fails. */
  const rateOf = async ({ plan }: Attempt): Promise<{ runs: number; failed: number }> => {
    const rate = { runs: 0, failed: 0 };
    for (; rate.runs < triesOfCandidate && !options.signal.aborted; rate.runs++) {
      const attempted = await attemptOrNull(plan, cluster, options.run);
      if (attempted !== null && breaksOneOf(attempted, broken)) rate.failed++;
    }
    return rate;
  };
  // Of many candidates, some fail twice in three tries by luck: where the smallest does not fail again, a larger one is taken.
  let found = failed;
  let reproduced = { runs: 0, failed: -1 };
  for (let back = 1; back <= mostStepsBack && reproduced.failed < failuresNeeded; back *= 2) {
    const candidate = smaller[Math.max(0, smaller.length - back)] ?? failed;
    const rate = await rateOf(candidate);
    if (rate.failed > reproduced.failed) [found, reproduced] = [candidate, rate];
    if (options.signal.aborted || candidate === failed) break;
  }
  const why =
    late.aborted && !options.signal.aborted
      ? `the time for shrinking on ${cluster.platform} was up`
      : ended;
  return {
    found,
    on: cluster,
    tries,
    reproduced,
    ended:
      simulated === 0
        ? why
        : `${why}; none of ${simulated} simulated schedules broke the same guarantee`,
  };
}

const schedules = 1000;
/** How much more time shrinking gets where a history takes seconds. */
const realTimeTakesTimes = 6;
/** A smaller case counts when it fails in so many of so many tries. */
const failuresNeeded = 2;
const triesOfCandidate = 3;
const mostStepsBack = 8;
