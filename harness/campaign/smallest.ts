/**
 * Looks for the smallest plan that fails in the same way on the same target. Uses the simulator if possible, where a
 * try takes milliseconds and gives the same history each time.
 */
import { builtInKinds, planArbitrary, type Plan } from "../../generators/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import { possiblePart } from "../run/index.ts";
import { createSimCluster } from "../platforms/simulator/index.ts";
import { type Attempt, attemptOrNull } from "./attempt.ts";
import { breaksOneOf, shrink, type Shrunk } from "./shrink.ts";
import { type ShrinkingOptions, shrinkInRealTime } from "./shrink-in-real-time.ts";

/**
 * The result of shrinking. `found` is the smallest failing attempt, which may be the failure that was to be shrunk, or
 * null if there is none. `on` is the cluster on which `found` ran.
 */
export interface Smallest {
  readonly found: Attempt | null;
  readonly on: Pick<Cluster, "platform" | "replaysExactly">;
  /** In real time: how many of the last runs of the result failed again. */
  readonly reproduced?: { readonly runs: number; readonly failed: number };
  readonly tries: number;
  readonly ended: string;
}

/**
 * Shrinks on the platform where the plan failed, if this platform replays exactly. Otherwise, if the target also runs
 * in the simulator, tries the plan there under many schedules (world seeds 0, 1, …), without the faults that the
 * simulator cannot make. The first schedule that breaks one of the guarantees in `options.broken` is shrunk in the
 * simulator. If no schedule does, the plan is shrunk where it failed.
 */
export async function findSmallest(failed: Attempt, options: ShrinkingOptions): Promise<Smallest> {
  const { cluster } = options;
  if (cluster.replaysExactly) return shrinkExactly(failed, cluster, options, 0);
  if (cluster.target.simulator === undefined) return shrinkWhereItFailed(failed, options, 0);
  const simulator = createSimCluster(cluster.target);
  try {
    const { simulated, tries } = await simulate(failed.plan, simulator, options);
    return simulated === null
      ? await shrinkWhereItFailed(failed, options, tries)
      : await shrinkExactly(simulated, simulator, options, tries);
  } finally {
    await simulator.stop();
  }
}

/**
 * The first simulated schedule of the plan that breaks one of the guarantees in `options.broken`, or null if none does.
 */
async function simulate(
  plan: Plan,
  simulator: Cluster,
  options: ShrinkingOptions,
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
  options: ShrinkingOptions,
  tries: number,
): Promise<Smallest> {
  const { broken, timeoutMs, mostTries, signal } = options;
  const shrunk: Shrunk = await shrink(start, {
    plans: planArbitrary(options.plans),
    broken,
    run: (plan) => attemptOrNull(plan, cluster, options.run),
    timeoutMs,
    ...(mostTries === undefined ? {} : { mostTries }),
    signal,
    progress: (plan, more) => options.progress(plan, tries + more),
  });
  return { found: shrunk.smallest, on: cluster, tries: tries + shrunk.tries, ended: shrunk.ended };
}

/** Shrinks on the platform where the plan failed. */
async function shrinkWhereItFailed(
  failed: Attempt,
  options: ShrinkingOptions,
  simulated: number,
): Promise<Smallest> {
  const shrunk = await shrinkInRealTime(failed, {
    ...options,
    progress: (plan, tries) => options.progress(plan, simulated + tries),
  });
  return {
    ...shrunk,
    on: options.cluster,
    tries: simulated + shrunk.tries,
    ended:
      simulated === 0
        ? shrunk.ended
        : `${shrunk.ended}; none of ${simulated} simulated schedules broke the same guarantee`,
  };
}

const schedules = 1000;
