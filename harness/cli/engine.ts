/** Stops the clusters of a command, whether its work succeeds or fails. */
import { EnvironmentError } from "../errors.ts";
import type { Cluster } from "../platforms/cluster.ts";
import { isApart, isApartForNodes } from "./apart.ts";

/**
 * Waits for the work, stops the clusters, and then returns the work's result. If both fail, throws the error of the
 * work.
 */
export async function stopping<T>(work: Promise<T>, clusters: () => Iterable<Cluster>): Promise<T> {
  const stop = async (): Promise<void> => {
    // Every cluster is stopped, also if one of them reports an error.
    const errors: unknown[] = [];
    for (const cluster of clusters())
      await cluster.stop().catch((error: unknown) => void errors.push(error));
    if (errors.length > 0) throw errors[0];
  };
  // A simulation leaves nothing behind. If a node's code ends the thread, runApart reports that.
  const exits = isApartForNodes ? null : refuseExit();
  try {
    const done = await (exits === null ? work : Promise.race([work, exits.called])).catch(
      async (error: unknown) => {
        await stop().catch(() => {});
        // A planted bug's file called process.exit: the thread ends, and runApart reports that.
        if (isApart && error instanceof EnvironmentError && error.code === exitCalled)
          exits?.leave();
        throw error;
      },
    );
    await stop();
    return done;
  } finally {
    exits?.allow();
  }
}

const exitCalled = "exit-called";

/**
 * Makes `process.exit` throw until `allow` is called. The user's code may call it, which would leave containers
 * running.
 */
function refuseExit(): { readonly called: Promise<never>; allow(): void; leave(): never } {
  const { exit } = process;
  const called = new Promise<never>((_, reject) => {
    process.exit = (status) => {
      const error = new EnvironmentError({
        code: exitCalled,
        expected: "clients and other code of a configuration to return or throw",
        got: `process.exit(${status ?? ""}), called by that code`,
        hint: "Throw an error instead. If a client throws it, the operation counts as failed or unknown.",
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
