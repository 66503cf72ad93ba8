/** Runs one plan several times. */
import type { Plan } from "../../generators/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import { runsNodePrograms } from "../platforms/simulator/index.ts";
import { sourceOf } from "../targets/registry.ts";
import { type Progress, type RunOptions, wasInterrupted } from "../run/index.ts";
import { attempt, type Attempt } from "./attempt.ts";
import { createPool, type Judged, type NextAsked } from "./pool.ts";
import { twiceIfUnlucky } from "./retry.ts";

export interface RepeatOptions {
  readonly cluster: Cluster;
  readonly times: number;
  /** The number of threads, each with its own simulator. With 1, all runs use `cluster`. */
  readonly jobs: number;
  readonly run: RunOptions & { readonly signal: AbortSignal };
  /**
   * Called with each attempt on `cluster` and the attempt's number, counted from 0, before the next attempt begins. If
   * `jobs` is larger than 1, only the first attempt runs on `cluster`.
   */
  readonly keep: (time: number, attempted: Attempt) => Promise<void>;
  /** Called with the number of finished runs after each run and, on `cluster`, during a run. */
  readonly progress?: (finished: number, inside?: Progress) => void;
  /** Called with the reason when the environment fails a run that is then repeated. */
  readonly retries: (why: string) => void;
}

/**
 * Runs the plan `times` times and returns the results in order. There are fewer results if the signal aborts: an
 * interrupted run does not count. Throws the errors of `attempt` and `createPool`.
 */
export async function repeat(
  plan: Plan,
  { cluster, times, jobs, run, keep, progress, retries }: RepeatOptions,
): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  const { evidence, bugBundle, signal } = run;
  const here = async (): Promise<void> => {
    const inside = (now: Progress): void => progress?.(judged.length, now);
    const attempted = await twiceIfUnlucky(
      () => attempt(plan, cluster, { ...run, progress: inside }),
      signal,
      retries,
    );
    if (wasInterrupted(attempted.events)) return;
    await keep(judged.length, attempted);
    judged.push(attempted);
    progress?.(judged.length);
  };
  if (!signal.aborted) await here();
  if (jobs === 1) {
    while (judged.length < times && !signal.aborted) await here();
    return judged;
  }
  let next = 1;
  const task = {
    target: sourceOf(cluster.target),
    draw: null,
    run: { evidence, ...(bugBundle === undefined ? {} : { bugBundle }) },
    steers: false,
    runsPrograms: runsNodePrograms(cluster.target),
  };
  const queue: NextAsked = () => (next < times ? { index: next++, plan } : "none");
  const pool = createPool(jobs, queue, task, signal);
  try {
    while (judged.length < times) {
      const taken = await pool.take(judged.length);
      if (taken === null) break;
      judged.push(taken.judged);
      progress?.(judged.length);
    }
  } finally {
    await pool.close();
  }
  return judged;
}
