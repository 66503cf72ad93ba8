/** What commands do with clusters, whichever platform these are on. */
import type { Cluster } from "../platforms/cluster.ts";

/** What became of the work, once the clusters are stopped. If that fails too, what went wrong first is told. */
export async function stopping<T>(work: Promise<T>, clusters: () => Iterable<Cluster>): Promise<T> {
  const stop = async (): Promise<void> => {
    for (const cluster of clusters()) await cluster.stop();
  };
  const done = await work.catch(async (error: unknown) => {
    await stop().catch(() => {});
    throw error;
  });
  await stop();
  return done;
}
