/**
 * Runs histories on several clusters at a time in this one thread, for platforms whose histories mostly wait. Clusters
 * work ahead in any order; results are taken in order of index.
 */
import type { Cluster } from "../platforms/cluster.ts";
import type { Asked, NextAsked } from "./pool.ts";

export interface SideBySide<Answer> {
  /**
   * Returns the result of running plan `index`. Must be called for the plans in the order in which `next` named them,
   * once for each. Rejects as `run` did.
   */
  take(index: number): Promise<Answer>;
  /** Called when more plans may be known than before. */
  more(): void;
  /**
   * Waits until no history runs, and returns the indices whose results were not taken. The caller has already aborted
   * the running histories.
   */
  close(): Promise<readonly number[]>;
}

/**
 * Runs the plans that `next` names. The first ones start at once.
 *
 * @param clusters At least one cluster. Each cluster runs one history at a time.
 */
export function runSideBySide<Answer>(
  clusters: readonly Cluster[],
  next: NextAsked,
  run: (asked: Asked, cluster: Cluster) => Promise<Answer>,
): SideBySide<Answer> {
  const idle = [...clusters];
  /** Histories by index, running or finished, whose results were not taken yet. */
  const running = new Map<number, Promise<Answer>>();
  let isClosed = false;
  const feed = (): void => {
    while (running.size < clusters.length * aheadPerCluster) {
      const cluster = idle.pop();
      if (cluster === undefined || isClosed) return;
      const asked = next();
      if (asked === "none" || asked === "later") return void idle.push(cluster);
      const answer = run(asked, cluster).finally(() => {
        idle.push(cluster);
        feed();
      });
      // The rejection reaches the caller of `take`. Without this handler it would count as unhandled until then.
      answer.catch(() => {});
      running.set(asked.index, answer);
    }
  };
  feed();
  return {
    async take(index) {
      const answer = running.get(index);
      if (answer === undefined) throw new Error(`expected history ${index} to be running`);
      try {
        return await answer;
      } finally {
        running.delete(index);
        feed();
      }
    },
    more: feed,
    async close() {
      isClosed = true;
      await Promise.allSettled(running.values());
      return [...running.keys()];
    },
  };
}

/**
 * How many histories may run or wait to be taken, for each cluster. This lets the other clusters work beside one long
 * history. A campaign that ends early has run only a few histories in vain.
 */
const aheadPerCluster = 2;
