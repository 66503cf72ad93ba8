/** A hunt's histories in order of index: on its cluster, or on threads that work ahead. */
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
   * Asked once for each index, in order. An Attempt where it ran on the cluster itself; features where the search
   * steers. null: it was interrupted.
   */
  take(index: number): Promise<{
    readonly judged: Judged | Attempt;
    readonly features: ReadonlySet<string> | null;
  } | null>;
  /** The source may have learnt of more plans. */
  more(): void;
  close(): Promise<void>;
}

/** Of `options.max` plans of the source. Throws as `createPool` does. */
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
