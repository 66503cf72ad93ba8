/** Finds the smallest failing plan: always in the simulator, where a try costs milliseconds and fails the same way each time. */
import type { GuaranteeName } from "../../checkers/index.ts";
import { planArbitrary, type Plan, type PlanOptions } from "../../generators/index.ts";
import type { RunOptions } from "../run/index.ts";
import { createSimCluster } from "../sim/index.ts";
import { attempt, type Attempt } from "./attempt.ts";
import { breaksOneOf, shrink, type Shrunk } from "./shrink.ts";

export interface SmallestOptions {
  /** One of these must break in every smaller plan. */
  readonly broken: readonly GuaranteeName[];
  readonly plans: PlanOptions;
  /** Where the plan failed. */
  readonly on: "sim" | "docker";
  readonly run: RunOptions;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly progress: (smallest: Plan, tries: number) => void;
}

/** `found` is null when a plan that failed in containers did not break the same guarantee in the simulator. */
export interface Smallest {
  readonly found: Attempt | null;
  readonly tries: number;
  readonly ended: string;
}

/**
 * A plan that failed in containers is first tried in the simulator under many schedules (world seeds 0, 1, …): the first that
 * breaks one of the same guarantees is shrunk there.
 */
export async function findSmallest(failed: Attempt, options: SmallestOptions): Promise<Smallest> {
  const cluster = createSimCluster();
  const { broken } = options;
  const run = (plan: Plan): Promise<Attempt> => attempt(plan, cluster, options.run);
  let start: Attempt | null = failed;
  let tries = 0;
  if (options.on !== "sim") {
    start = null;
    for (let worldSeed = 0; worldSeed < schedules && start === null && !options.signal.aborted; worldSeed++) {
      const attempted = await run({ ...failed.plan, worldSeed });
      tries++;
      options.progress(failed.plan, tries);
      if (breaksOneOf(attempted, broken)) start = attempted;
    }
  }
  if (start === null) return { found: null, tries, ended: `not shrunk: none of ${tries} simulated schedules broke the same guarantee` };
  const shrunk: Shrunk = await shrink(start, {
    plans: planArbitrary(options.plans),
    broken,
    run,
    timeoutMs: options.timeoutMs,
    signal: options.signal,
    progress: (plan, more) => options.progress(plan, tries + more),
  });
  await cluster.stop();
  return { found: shrunk.smallest, tries: tries + shrunk.tries, ended: shrunk.ended };
}

const schedules = 300;
