/**
 * Histories on several clusters at a time, in this one thread: for platforms whose histories wait more than they
 * compute. Clusters work ahead, in any order; answers are taken in order of index.
 */
import type { Cluster } from "../platforms/cluster.ts";
import type { Asked, NextAsked } from "./pool.ts";

export interface SideBySide<Answer> {
  /** What running `index` came to. Asked once for each of the indices given, in their order. Rejects as `run` did. */
  take(index: number): Promise<Answer>;
  /** More may be known now of what to run. */
  more(): void;
  /**
   * Ends once nothing runs any more, and names what ran without being taken. Whoever calls it has aborted what runs.
   */
  close(): Promise<readonly number[]>;
}

/**
 * Begins at once with what `next` says.
 *
 * @param clusters At least one; each runs one history at a time.
 */
export function runSideBySide<Answer>(
  clusters: readonly Cluster[],
  next: NextAsked,
  run: (asked: Asked, cluster: Cluster) => Promise<Answer>,
): SideBySide<Answer> {
  const idle = [...clusters];
  /** Runs that nobody has taken. */
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
      // Whoever takes it hears of it.
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

/** A long history must not make the other clusters idle, nor a campaign that ends early run many in vain. */
const aheadPerCluster = 2;
