/**
 * Does what some commands of `nodetool` do, without a new JVM for each call. It uses JMX over HTTP, by Jolokia's agent
 * in the node's JVM.
 */
import { setTimeout as delay } from "node:timers/promises";
import { EnvironmentError } from "../../errors.ts";
import { httpCall } from "../software/http-session.ts";

export interface Jmx {
  /** The addresses of the nodes that this node believes to be up, including its own. */
  liveNodes(): Promise<readonly string[]>;
  /** The node's mode: NORMAL, JOINING, LEAVING, … */
  mode(): Promise<string>;
  /** Repairs all ranges of these tables fully. Resolves when the repair is complete. */
  repair(keyspace: string, tables: readonly string[]): Promise<void>;
  flush(keyspace: string, tables: readonly string[]): Promise<void>;
  /** Runs a major compaction, which purges everything that may be purged. */
  compact(keyspace: string, tables: readonly string[]): Promise<void>;
  /** The number of peers for which this node keeps hints. */
  hintsWaiting(): Promise<number>;
  /** Drops all hints on this node. */
  dropHints(): Promise<void>;
  decommission(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly value?: unknown;
  readonly error?: string;
}

const storage = "org.apache.cassandra.db:type=StorageService";
const hints = "org.apache.cassandra.hints:type=HintsService";
const pollEveryMs = 50;
const callTimeoutMs = 30_000;
const repairTimeoutMs = 120_000;

/**
 * Makes a client that administers one node through Jolokia's agent at `host` and `port`.
 *
 * @throws EnvironmentError from each call that the node refuses or does not answer, and from a repair that does not
 *   complete.
 */
export const jmxOf = (host: string, port: number): Jmx => {
  const call = async (request: Readonly<Record<string, unknown>>): Promise<unknown> => {
    const what = `${String(request["operation"] ?? request["attribute"])} by JMX`;
    const fail = (got: string): EnvironmentError =>
      new EnvironmentError({
        code: "jmx-failed",
        expected: `Cassandra to do ${what}`,
        got,
        hint: "The node's own log says more.",
      });
    const { body } = await httpCall(
      host,
      port,
      { method: "POST", path: "/jolokia/", body: JSON.stringify(request) },
      callTimeoutMs,
    ).catch((error: unknown) => {
      throw fail(error instanceof Error ? error.message : String(error));
    });
    const answer = JSON.parse(body) as Answer;
    if (answer.status !== 200) throw fail(answer.error ?? `status ${answer.status}`);
    return answer.value;
  };
  const read = (mbean: string, attribute: string): Promise<unknown> =>
    call({ type: "read", mbean, attribute });
  const execute = (mbean: string, operation: string, words: readonly unknown[]): Promise<unknown> =>
    call({ type: "exec", mbean, operation, arguments: words });

  const repair = async (keyspace: string, tables: readonly string[]): Promise<void> => {
    const options = {
      incremental: "false",
      parallelism: "parallel",
      primaryRange: "false",
      columnFamilies: tables.join(","),
    };
    const id = await execute(storage, "repairAsync(java.lang.String,java.util.Map)", [
      keyspace,
      options,
    ]);
    // The id is 0 if there was nothing to repair (one replica, no range).
    if (id === 0) return;
    const deadlineMs = performance.now() + repairTimeoutMs;
    for (;;) {
      const status = (await execute(storage, "getParentRepairStatus(int)", [id])) as
        readonly string[] | null;
      if (status?.[0] === "COMPLETED") return;
      if (status?.[0] === "FAILED" || performance.now() > deadlineMs)
        throw new EnvironmentError({
          code: "repair-failed",
          expected: `a full repair of ${keyspace}.${tables.join(",")} to complete`,
          got: status?.join(" ") ?? `the repair did not end within ${repairTimeoutMs / 1000} s`,
          hint: "A replica may be down, or cut off from the node that repairs.",
        });
      await delay(pollEveryMs);
    }
  };

  return {
    liveNodes: async () => (await read(storage, "LiveNodes")) as readonly string[],
    mode: async () => String(await read(storage, "OperationMode")),
    repair,
    flush: async (keyspace, tables) => {
      await execute(storage, "forceKeyspaceFlush(java.lang.String,[Ljava.lang.String;)", [
        keyspace,
        tables,
      ]);
    },
    compact: async (keyspace, tables) => {
      const operation = "forceKeyspaceCompaction(boolean,java.lang.String,[Ljava.lang.String;)";
      await execute(storage, operation, [false, keyspace, tables]);
    },
    hintsWaiting: async () => {
      const files = (await read(hints, "PendingHints")) as readonly Readonly<
        Record<string, unknown>
      >[];
      return files.length;
    },
    dropHints: async () => {
      await execute(hints, "deleteAllHints()", []);
    },
    decommission: async () => {
      await execute(storage, "decommission(boolean)", [true]);
    },
  };
};
