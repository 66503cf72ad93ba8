/** Stops the clusters of a command, however its work ends. */
import { EnvironmentError } from "../errors.ts";
import type { Cluster } from "../platforms/cluster.ts";
import { isApart } from "./apart.ts";

/** Returns the result of the work after the clusters are stopped. If both fail, the first error is thrown. */
export async function stopping<T>(work: Promise<T>, clusters: () => Iterable<Cluster>): Promise<T> {
  const stop = async (): Promise<void> => {
    for (const cluster of clusters()) await cluster.stop();
  };
  const exits = refuseExit();
  try {
    const done = await Promise.race([work, exits.called]).catch(async (error: unknown) => {
      await stop().catch(() => {});
      // A planted bug's file called it: the thread ends, and runApart reports that.
      if (isApart && error instanceof EnvironmentError && error.code === exitCalled) exits.leave();
      throw error;
    });
    await stop();
    return done;
  } finally {
    exits.allow();
  }
}

const exitCalled = "exit-called";

/**
 * The user's code may call `process.exit`, which would leave containers running. Until `allow` is called,
 * `process.exit` throws.
 */
function refuseExit(): { readonly called: Promise<never>; allow(): void; leave(): never } {
  const { exit } = process;
  const called = new Promise<never>((_, reject) => {
    process.exit = (status) => {
      const error = new EnvironmentError({
        code: exitCalled,
        expected: "clients and other code of a configuration to return or throw",
        got: `process.exit(${status ?? ""}), called by one of them`,
        hint: "Throw an error instead: its operation then counts as failed or unknown.",
      });
      reject(error);
      throw error;
    };
  });
  // If nobody waits for `called` any more, its rejection must not count as unhandled.
  called.catch(() => {});
  return {
    called,
    allow() {
      process.exit = exit;
    },
    leave: () => exit.call(process),
  };
}
