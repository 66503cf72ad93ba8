/**
 * Clients of a Cassandra cluster for one history. The keys of each history have a prefix of their own, in tables that
 * histories share.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Asked, Outcome } from "../software/outcome.ts";
import { EnvironmentError } from "../../errors.ts";
import { outcomeOf } from "./errors.ts";
import { type Jmx, jmxOf } from "./jmx.ts";
import { connectNode, type NodeClient } from "./node-client.ts";
import { type CassandraWorkload, createTable, inspect, perform } from "./operations.ts";
import { type CassandraSettings, replicas } from "./settings.ts";
import { createStamps } from "./stamps.ts";

/** How to reach a history's cluster. */
export interface CassandraReach {
  readonly nodes: readonly string[];
  readonly settings: CassandraSettings;
  readonly workload: CassandraWorkload;
  /** The prefix of the history's keys, different for each history. */
  readonly history: string;
  clients(node: string): { readonly host: string; readonly port: number };
  /** Returns the address of Jolokia's agent in the node. */
  jmx(node: string): { readonly host: string; readonly port: number };
}

export interface CassandraClients {
  /** Carries out a request of a client. A request that fails also resolves with an outcome. */
  perform(client: string, node: string, request: Asked, timeoutMs: number): Promise<Outcome>;
  /**
   * Returns what the node itself holds of the keys that this history's requests named. Meant for the workload
   * `register`. Rejects if the node does not answer.
   */
  inspect(
    node: string,
  ): Promise<
    Readonly<Record<string, { readonly version?: string; readonly value: string | null }>>
  >;
  /** Creates the keyspace and the table that the settings need, and connects to all nodes. */
  prepare(): Promise<void>;
  /**
   * Does what an operator does to make replicas equal: waits until all nodes see each other, for about `timeoutMs` at
   * most. Then it compacts the table if the setting `compact` is on, and repairs it fully if `repair` is on.
   */
  settle(timeoutMs: number): Promise<void>;
  /** Resolves with null if the node is ready. Otherwise resolves with the reason, as the end of a sentence. */
  whyNotReady(node: string): Promise<string | null>;
  /** Sets how many ms the clock with which the client stamps its writes is ahead. */
  setClock(client: string, aheadMs: number): void;
  close(): Promise<void>;
}

const keyspace = "quorate";
const ddlTimeoutMs = 20_000;
const inspectTimeoutMs = 2_000;
const pollEveryMs = 100;

/** Returns the table's name. It contains the settings with which the table was created. */
const tableOf = (workload: CassandraWorkload, settings: CassandraSettings): string => {
  const { readRepair, gcGraceS, setAs, batchOver } = settings;
  const own = workload === "set" ? `_${setAs}` : workload === "batch" ? `_${batchOver}` : "";
  return `${workload}${own}_${readRepair}_${gcGraceS}`.toLowerCase();
};

export const openClients = (reach: CassandraReach): CassandraClients => {
  const { nodes, settings, workload, history } = reach;
  const table = `${keyspace}.${tableOf(workload, settings)}`;
  const prefix = `${history}:`;
  const keys = new Set<string>();
  const connections = new Map<string, Promise<NodeClient>>();
  const stamps = createStamps({ kind: settings.stamps, stepMs: settings.stampStepMs });

  const connect = (node: string): Promise<NodeClient> => {
    let connection = connections.get(node);
    if (connection === undefined) {
      const { host, port } = reach.clients(node);
      connection = connectNode(host, port);
      connections.set(node, connection);
      // If the connection fails, the next caller tries again.
      connection.catch(() => connections.delete(node));
    }
    return connection;
  };

  const levelOf = ({ f, levels }: Asked): string | number => {
    const named = levels?.["consistency"];
    if (named !== undefined) return named;
    if (f !== "read") return settings.write;
    return workload === "cas" ? settings.casRead : settings.read;
  };

  const once = async (
    client: string,
    node: string,
    request: Asked,
    timeoutMs: number,
  ): Promise<Outcome> => {
    keys.add(request.key);
    const asked: Asked = {
      ...request,
      key: `${prefix}${request.key}`,
      levels: { ...request.levels, consistency: levelOf(request) },
    };
    let connection: NodeClient;
    try {
      connection = await connect(node);
    } catch (error) {
      const { message } = outcomeOf(error, "reads");
      return { kind: "fail", code: "not-connected", message };
    }
    const place = { table, settings, nextStamp: () => stamps.next(client) };
    const outcome = await perform(connection, workload, place, asked, timeoutMs);
    // The driver's own reconnection can wait for ever, so the next request gets a new connection.
    if (outcome.kind === "fail" && outcome.code === "not-connected") {
      connections.delete(node);
      void connection.close().catch(() => {});
    }
    return outcome;
  };

  const jmx = (node: string): Jmx => {
    const { host, port } = reach.jmx(node);
    return jmxOf(host, port);
  };

  const whyNotReady = async (node: string): Promise<string | null> => {
    try {
      const live = await jmx(node).liveNodes();
      if (live.length < nodes.length)
        return `the node sees only ${live.length} of ${nodes.length} nodes`;
      await (
        await connect(node)
      ).query("SELECT key FROM system.local", [], {
        consistency: "ONE",
        timeoutMs: inspectTimeoutMs,
      });
      return null;
    } catch (error) {
      return `the node does not answer (${error instanceof Error ? error.message.slice(0, 100) : String(error)})`;
    }
  };

  return {
    perform: async (client, node, request, timeoutMs) => {
      const deadlineMs = performance.now() + timeoutMs;
      let outcome = await once(client, node, request, timeoutMs);
      // An addition whose outcome is unknown is sent again up to `counterRetries` times, as many clients do. It counts
      // more than once if more than one of the requests takes effect.
      for (let left = settings.counterRetries; left > 0 && outcome.kind === "info"; left--) {
        const leftMs = deadlineMs - performance.now();
        if (workload !== "counter" || request.f !== "add" || leftMs <= 0) break;
        outcome = await once(client, node, request, leftMs);
      }
      return outcome;
    },
    inspect: async (node) => {
      const state = await inspect(
        await connect(node),
        table,
        [...keys].map((key) => `${prefix}${key}`),
        inspectTimeoutMs,
      );
      return Object.fromEntries(
        Object.entries(state).map(([key, found]) => [key.slice(prefix.length), found]),
      );
    },
    prepare: async () => {
      const [first = ""] = nodes;
      const connection = await connect(first);
      const options = { consistency: "QUORUM", timeoutMs: ddlTimeoutMs } as const;
      await connection.query(
        `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': ${replicas}}`,
        [],
        options,
      );
      await connection.query(
        createTable(`IF NOT EXISTS ${table}`, workload, settings),
        [],
        options,
      );
      await Promise.all(nodes.map(connect));
    },
    settle: async (timeoutMs) => {
      const deadlineMs = performance.now() + timeoutMs;
      const untilReady = async (): Promise<void> => {
        for (const node of nodes)
          while ((await whyNotReady(node)) !== null && performance.now() < deadlineMs)
            await delay(pollEveryMs);
      };
      await untilReady();
      const tables = [table.slice(keyspace.length + 1)];
      if (settings.compact)
        for (const node of nodes) {
          await jmx(node).flush(keyspace, tables);
          await jmx(node).compact(keyspace, tables);
        }
      // A node may lose sight of another one for a moment, on a busy machine also without a fault.
      while (settings.repair)
        try {
          return await jmx(nodes[0] ?? "").repair(keyspace, tables);
        } catch (error) {
          const isRepair = error instanceof EnvironmentError && error.code === "repair-failed";
          if (!isRepair || performance.now() >= deadlineMs) throw error;
          await delay(pollEveryMs);
          await untilReady();
        }
    },
    whyNotReady,
    setClock: (client, aheadMs) => stamps.setAheadMs(client, aheadMs),
    close: async () => {
      const open = await Promise.allSettled(connections.values());
      connections.clear();
      for (const one of open)
        if (one.status === "fulfilled") void one.value.close().catch(() => {});
    },
  };
};
