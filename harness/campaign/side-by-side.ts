/**
 * Runs histories on several clusters at a time in this one thread, for platforms whose histories mostly wait. Clusters
 * work ahead in any order; answers are taken in order of index.
 */
import type { Cluster } from "../platforms/cluster.ts";
import type { Asked, NextAsked } from "./pool.ts";

export interface SideBySide<Answer> {
  /** Returns the result of running `index`. Called once for each index, in order. Rejects as `run` did. */
  take(index: number): Promise<Answer>;
  /** Says that more plans may now be known. */
  more(): void;
  /**
   * Waits until nothing runs, and returns the indices whose results were not taken. The caller has already aborted the
   * runs.
   */
  close(): Promise<readonly number[]>;
}

/**
 * Starts at once with the plans that `next` names.
 *
 * @param clusters At least one. Each runs one history at a time.
 */
export function runSideBySide<Answer>(
  clusters: readonly Cluster[],
  next: NextAsked,
  run: (asked: Asked, cluster: Cluster) => Promise<Answer>,
): SideBySide<Answer> {
  const idle = [...clusters];
  /** Runs whose results were not taken yet. */
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
      // The rejection reaches whoever takes the result.
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
 * Bounds the work ahead: one long history must not idle the other clusters, and a campaign that ends early must not run
 * many in vain.
 */
const aheadPerCluster = 2;
