/** Finds the smallest failing plan: in the simulator where it can be, as a try costs milliseconds there and fails the same way each time. */
import type { GuaranteeName } from "../../checkers/index.ts";
import { planArbitrary, type Plan, type PlanOptions } from "../../generators/index.ts";
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
  readonly on: "sim" | "docker";
  /** In containers: in how many of how many last runs of what was found it failed again. */
  readonly reproduced?: { readonly runs: number; readonly failed: number };
  readonly tries: number;
  readonly ended: string;
}

/**
 * A plan that failed in containers is first tried in the simulator under many schedules (world seeds 0, 1, …): the first that
 * breaks one of the same guarantees, without the faults that only containers have, is shrunk there. Where none does, it is shrunk where it failed.
 */
export async function findSmallest(failed: Attempt, options: SmallestOptions): Promise<Smallest> {
  const simulator = createSimCluster();
  const { broken } = options;
  const run = (plan: Plan): Promise<Attempt | null> => attemptOrNull(plan, simulator, options.run);
  let start: Attempt | null = failed;
  let tries = 0;
  if (options.cluster.kind !== "sim") {
    start = null;
    for (
      let worldSeed = 0;
      worldSeed < schedules && start === null && !options.signal.aborted;
      worldSeed++
    ) {
      const attempted = await run({ ...possiblePart(failed.plan, simulator), worldSeed });
      tries++;
      options.progress(failed.plan, tries);
      if (attempted !== null && breaksOneOf(attempted, broken)) start = attempted;
    }
  }
  if (start === null) return shrinkInContainers(failed, options, tries);
  const shrunk: Shrunk = await shrink(start, {
    plans: planArbitrary(options.plans),
    broken,
    run,
    timeoutMs: options.timeoutMs,
    signal: options.signal,
    progress: (plan, more) => options.progress(plan, tries + more),
  });
  await simulator.stop();
  return { found: shrunk.smallest, on: "sim", tries: tries + shrunk.tries, ended: shrunk.ended };
}

/**
 * In containers a plan may fail in some tries only, so each candidate gets a few, and what is left is run again for its rate.
 * The time is up between tries, never within one: no history is left running.
 */
async function shrinkInContainers(
  failed: Attempt,
  options: SmallestOptions,
  simulated: number,
): Promise<Smallest> {
  const { cluster, broken } = options;
  const late = AbortSignal.timeout(options.timeoutMs * containersTakeTimes);
  const signal = AbortSignal.any([late, options.signal]);
  let tries = simulated;
  const run = async (plan: Plan): Promise<Attempt | null> => {
    for (let left = triesOfCandidate; ; left--) {
      const attempted = await attemptOrNull(plan, cluster, {
        ...options.run,
        signal: options.signal,
      });
      tries++;
      if ((attempted !== null && breaksOneOf(attempted, broken)) || left === 1 || signal.aborted)
        return attempted;
    }
  };
  const { smallest, ended } = await shrink(failed, {
    plans: planArbitrary(options.plans),
    broken,
    run,
    signal,
    progress: (plan) => options.progress(plan, tries),
  });
  const reproduced = { runs: 0, failed: 0 };
  for (; reproduced.runs < runsForRate && !options.signal.aborted; reproduced.runs++) {
    const attempted = await attemptOrNull(smallest.plan, cluster, options.run);
    if (attempted !== null && breaksOneOf(attempted, broken)) reproduced.failed++;
  }
  const why =
    late.aborted && !options.signal.aborted ? "the time for shrinking in containers was up" : ended;
  return {
    found: smallest,
    on: "docker",
    tries,
    reproduced,
    ended: `${why}; none of ${simulated} simulated schedules broke the same guarantee`,
  };
}

const schedules = 1000;
/** How much more time shrinking gets where a history takes seconds. */
const containersTakeTimes = 6;
const triesOfCandidate = 2;
const runsForRate = 3;
