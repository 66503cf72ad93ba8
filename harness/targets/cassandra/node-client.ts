/**
 * A connection to one Cassandra node. The driver asks only this node, never retries or speculates, and adds no
 * timestamps.
 */
import type * as Cassandra from "cassandra-driver";
import type { Client, types } from "cassandra-driver";
import { connect } from "node:net";
import { loadOptional } from "../software/optional-package.ts";

/**
 * Numbers of consistency levels in the native protocol. EACH_QUORUM is left out. NODE_LOCAL reads only what this node
 * holds.
 */
export const consistency = {
  ANY: 0,
  ONE: 1,
  TWO: 2,
  THREE: 3,
  QUORUM: 4,
  ALL: 5,
  LOCAL_QUORUM: 6,
  SERIAL: 8,
  LOCAL_SERIAL: 9,
  LOCAL_ONE: 10,
  NODE_LOCAL: 11,
} as const;
export type Consistency = keyof typeof consistency;

/** A query parameter with the type of its column. */
export type Parameter =
  | { readonly type: "text"; readonly value: string }
  | { readonly type: "bigint"; readonly value: bigint }
  | { readonly type: "set<text>"; readonly value: readonly string[] };

export const text = (value: string): Parameter => ({ type: "text", value });
export const bigint = (value: bigint): Parameter => ({ type: "bigint", value });

export interface QueryOptions {
  readonly consistency: Consistency;
  /** The serial consistency of a lightweight transaction. The protocol's default is SERIAL. */
  readonly serial?: "SERIAL" | "LOCAL_SERIAL";
  readonly timeoutMs: number;
}

/**
 * A row as plain values: text as a string, booleans, 64-bit numbers as bigint, sets as arrays. A column without a value
 * is null.
 */
export type Row = Readonly<Record<string, string | bigint | boolean | readonly string[] | null>>;

export interface NodeClient {
  /** Runs a query and returns its rows. Rejects with the driver's error, which `outcomeOf` interprets. */
  query(
    cql: string,
    parameters: readonly Parameter[],
    options: QueryOptions,
  ): Promise<readonly Row[]>;
  close(): Promise<void>;
}

const connectTimeoutMs = 2_000;
const reconnectEveryMs = 100;

type Driver = typeof Cassandra;

const driver = async (): Promise<Driver> => {
  const loaded = await loadOptional("cassandra-driver", () => import("cassandra-driver"));
  // The package is a CommonJS module, so its exports are the default export.
  return (loaded as unknown as { readonly default?: Driver }).default ?? loaded;
};

const plain = (value: unknown): Row[string] => {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(String);
  // Other values have the driver's class for 64-bit integers.
  return BigInt((value as types.Long).toString());
};

const rowOf = (row: types.Row): Row =>
  Object.fromEntries(row.keys().map((name) => [name, plain(row.get(name))]));

/** An OPTIONS request of the native protocol, version 4, which every ready node answers. */
const optionsFrame = Buffer.from([4, 0, 0, 0, 5, 0, 0, 0, 0]);

/**
 * Resolves once the node answers one frame. The published port of a dead node accepts connections and closes them
 * again, and the driver would wait for ever on such a connection.
 */
const untilItSpeaks = (host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(optionsFrame));
    socket.setTimeout(connectTimeoutMs, () =>
      socket.destroy(new Error(`no answer within ${connectTimeoutMs} ms`)),
    );
    socket.once("data", () => {
      resolve();
      socket.destroy();
    });
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the connection was closed")));
  });

/** Connects to the node. Rejects if it does not answer. */
export const connectNode = async (host: string, port: number): Promise<NodeClient> => {
  await untilItSpeaks(host, port);
  const { Client, policies, types } = await driver();
  const { AllowListPolicy, DCAwareRoundRobinPolicy } = policies.loadBalancing;
  const client: Client = new Client({
    contactPoints: [`${host}:${port}`],
    localDataCenter: "datacenter1",
    protocolOptions: { port },
    policies: {
      loadBalancing: new AllowListPolicy(new DCAwareRoundRobinPolicy("datacenter1"), [
        `${host}:${port}`,
      ]),
      retry: new policies.retry.FallthroughRetryPolicy(),
      reconnection: new policies.reconnection.ConstantReconnectionPolicy(reconnectEveryMs),
      speculativeExecution: new policies.speculativeExecution.NoSpeculativeExecutionPolicy(),
      // The driver must add no stamps: a write has the stamp in its query, or else that of the coordinator.
      timestampGeneration: null as never,
    },
    socketOptions: { connectTimeout: connectTimeoutMs },
    // No metadata of tables is read, since tables come and go and nothing here uses it.
    isMetadataSyncEnabled: false,
    prepareOnAllHosts: false,
    rePrepareOnUp: false,
  });
  const valueOf = (parameter: Parameter): unknown =>
    parameter.type === "bigint"
      ? types.Long.fromString(parameter.value.toString())
      : parameter.value;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error("the driver does not connect")),
      4 * connectTimeoutMs,
    );
  });
  try {
    await Promise.race([client.connect(), late]);
  } catch (error) {
    // The shutdown is not awaited, since it may wait for the connection.
    void client.shutdown().catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return {
    query: async (cql, parameters, options) => {
      const { rows } = await client.execute(cql, parameters.map(valueOf), {
        hints: parameters.map(({ type }) => type),
        consistency: consistency[options.consistency],
        ...(options.serial === undefined ? {} : { serialConsistency: consistency[options.serial] }),
        readTimeout: options.timeoutMs,
        isIdempotent: false,
      });
      // A statement without a result gives no rows at all, although the types say otherwise.
      return (rows as readonly types.Row[] | undefined)?.map(rowOf) ?? [];
    },
    close: () => client.shutdown(),
  };
};
