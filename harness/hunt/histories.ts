/** The histories of a hunt in order of index, run on its cluster or on threads that work ahead. */
import type { PlanOptions } from "../../generators/index.ts";
import {
  attempt,
  type Attempt,
  createPool,
  type Judged,
  queueOf,
  wishesOf,
} from "../campaign/index.ts";
import type { RunOptions } from "../run/index.ts";
import { featuresOf, type PlanSource } from "../search/index.ts";
import { sourceOf } from "../targets/registry.ts";
import type { HuntOptions } from "./options.ts";

export interface Histories {
  /**
   * Returns the result of history `index`. Must be called once for each index, in order. `judged` is an Attempt if the
   * history ran on the hunt's own cluster. `features` is null if the search is not guided. Returns null if threads run
   * the histories and the hunt was interrupted.
   */
  take(index: number): Promise<{
    readonly judged: Judged | Attempt;
    readonly features: ReadonlySet<string> | null;
  } | null>;
  /** Tells the threads that more plans may now be known. */
  more(): void;
  close(): Promise<void>;
}

/**
 * Runs the first `options.max` plans of the source, in threads if `options.jobs` is above 1. Throws the errors of
 * `createPool`.
 */
export function historiesOf(
  plans: PlanOptions,
  source: PlanSource,
  run: RunOptions,
  options: HuntOptions,
): Histories {
  const { evidence, bugBundle } = run;
  const { jobs = 1, seed, max, signal } = options;
  if (jobs > 1) {
    const task = {
      target: sourceOf(options.cluster.target),
      draw: { plans: wishesOf(plans), seed: seed | 0 },
      run: { evidence, ...(bugBundle === undefined ? {} : { bugBundle }) },
      steers: source.steers,
    };
    const queue = queueOf({ histories: max, shard: { index: 0, of: 1 } }, source);
    return createPool(jobs, queue, task, signal);
  }
  return {
    async take(index) {
      const attempted = await attempt(source.plan(index), options.cluster, run);
      return { judged: attempted, features: source.steers ? featuresOf(attempted.events) : null };
    },
    more: () => {},
    close: () => Promise.resolve(),
  };
}
