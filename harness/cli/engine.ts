/** What commands do with clusters, whichever platform these are on. */
import { EnvironmentError } from "../errors.ts";
import type { Cluster } from "../platforms/cluster.ts";

/** What became of the work, once the clusters are stopped. If that fails too, what went wrong first is told. */
export async function stopping<T>(work: Promise<T>, clusters: () => Iterable<Cluster>): Promise<T> {
  const stop = async (): Promise<void> => {
    for (const cluster of clusters()) await cluster.stop();
  };
  const exits = refuseExit();
  try {
    const done = await Promise.race([work, exits.called]).catch(async (error: unknown) => {
      await stop().catch(() => {});
      throw error;
    });
    await stop();
    return done;
  } finally {
    exits.allow();
  }
}

/** A configuration's code may call `process.exit`: that would leave the clusters to nobody. */
function refuseExit(): { readonly called: Promise<never>; allow(): void } {
  const { exit } = process;
  const called = new Promise<never>((_, reject) => {
    process.exit = (status) => {
      const error = new EnvironmentError({
        code: "exit-called",
        expected: "clients and other code of a configuration to return or throw",
        got: `process.exit(${status ?? ""}), called by one of them`,
        hint: "Throw an error instead: its operation then counts as failed or unknown.",
      });
      reject(error);
      throw error;
    };
  });
  // Whoever called it may have been the last to work.
  called.catch(() => {});
  return {
    called,
    allow() {
      process.exit = exit;
    },
  };
}
