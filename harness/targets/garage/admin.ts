/**
 * Garage's administration API (version 2). It does what some commands of Garage's command line do, without a process
 * for each call.
 */
import { setTimeout as delay } from "node:timers/promises";
import { EnvironmentError } from "../../errors.ts";
import { httpCall } from "../software/http-session.ts";
import { adminToken, peersPort } from "./container.ts";

/** The credentials of a client of the K2V interface. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Gives a node a role, or removes its role. `share` is the node's share of the usual capacity (default: 1). */
export type RoleChange =
  { readonly assign: string; readonly share?: number } | { readonly remove: string };

export interface Admin {
  /** Whether nodes have roles. If they have none, the cluster is new. */
  isLaidOut(): Promise<boolean>;
  /** Whether the cluster's layout has `nodes` nodes and this node is connected to all of them. */
  healthy(nodes: number): Promise<boolean>;
  /** Opens connections to these peers now. Garage by itself would open them only later. */
  connect(peers: readonly { readonly id: string; readonly address: string }[]): Promise<void>;
  /** Gives the nodes with these ids roles in a new layout. */
  layOut(ids: readonly string[]): Promise<void>;
  removeFromLayout(id: string): Promise<void>;
  /**
   * Applies a new layout with these changes. Does nothing if the newest layout already has these changes.
   *
   * @returns The version of the newest layout.
   */
  reshape(changes: readonly RoleChange[]): Promise<number>;
  layoutVersion(): Promise<number>;
  /** The ids of nodes that this node cannot reach. */
  down(): Promise<readonly string[]>;
  /** Declares unreachable nodes dead for good, so that no layout up to this version waits for them. */
  skipDeadNodes(version: number): Promise<void>;
  importKey(credentials: Credentials): Promise<void>;
  /** Creates a bucket that the key may read and write. */
  createBucket(name: string, credentials: Credentials): Promise<void>;
  /**
   * Starts a synchronization of all tables on every node. It applies a layout in which these nodes have the tag `tag`
   * and their full capacity, since each new layout starts a synchronization. `garage repair tables` leaves out the
   * table of K2V's items (2.5.0, garage_api_admin/repair.rs).
   */
  synchronize(ids: readonly string[], tag: string): Promise<void>;
  /** Whether every node has synchronized its tables since the newest layout was applied. */
  isSynchronized(): Promise<boolean>;
  /** The number of entries, on all nodes, that wait to be stored or to be included in a synchronization. */
  waiting(): Promise<number>;
  /** Resolves if the node answers. */
  answers(): Promise<void>;
}

interface Worker {
  readonly name: string;
  readonly queueLength: number | null;
}

interface Health {
  readonly status: string;
  readonly storageNodes: number;
  readonly storageNodesUp: number;
}

const callTimeoutMs = 20_000;
const capacity = 1_000_000_000;

const role = (id: string, tags: readonly string[], share = 1): unknown => ({
  id,
  zone: "dc1",
  capacity: capacity * share,
  tags,
});

interface Layout {
  readonly version: number;
  readonly roles: readonly { readonly id: string; readonly capacity: number | null }[];
}

const hasAlready = ({ roles }: Layout, change: RoleChange): boolean => {
  if ("remove" in change) return roles.every(({ id }) => id !== change.remove);
  const found = roles.find(({ id }) => id === change.assign);
  return found?.capacity === capacity * (change.share ?? 1);
};

/**
 * Makes a client of one node's administration API. `port` is the node's administration port on `host`.
 *
 * @throws EnvironmentError with the code `garage-admin-failed`, from each call that the node refuses or does not
 *   answer. If only another node fails to answer, `waiting` rejects with a plain Error.
 */
export const adminOf = (host: string, port: number): Admin => {
  const call = async (method: string, operation: string, body?: unknown): Promise<unknown> => {
    const fail = (got: string): EnvironmentError =>
      new EnvironmentError({
        code: "garage-admin-failed",
        expected: `Garage to do ${operation}`,
        got,
        hint: "The node's own log says more.",
      });
    const { status, body: text } = await httpCall(
      host,
      port,
      {
        method,
        path: `/v2/${operation}`,
        headers: { authorization: `Bearer ${adminToken}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      callTimeoutMs,
    ).catch((error: unknown) => {
      throw fail(error instanceof Error ? error.message : String(error));
    });
    if (status < 200 || status >= 300) throw fail(`status ${status}: ${text.slice(0, 300)}`);
    return text === "" ? null : JSON.parse(text);
  };

  const layout = async (): Promise<Layout> => (await call("GET", "GetClusterLayout")) as Layout;

  const changeLayout = async (roles: readonly unknown[]): Promise<number> => {
    const { version } = (await call("POST", "UpdateClusterLayout", { roles })) as Layout;
    await call("POST", "ApplyClusterLayout", { version: version + 1 });
    return version + 1;
  };

  return {
    isLaidOut: async () => (await layout()).version > 0,
    healthy: async (nodes) => {
      const health = (await call("GET", "GetClusterHealth")) as Health;
      return health.status === "healthy" && health.storageNodesUp === nodes;
    },
    connect: async (peers) => {
      await call(
        "POST",
        "ConnectClusterNodes",
        peers.map(({ id, address }) => `${id}@${address}:${peersPort}`),
      );
    },
    layOut: async (ids) => void (await changeLayout(ids.map((id) => role(id, [])))),
    removeFromLayout: async (id) => void (await changeLayout([{ id, remove: true }])),
    reshape: async (changes) => {
      const now = await layout();
      if (changes.every((change) => hasAlready(now, change))) return now.version;
      return changeLayout(
        changes.map((change) =>
          "remove" in change
            ? { id: change.remove, remove: true }
            : role(change.assign, [], change.share),
        ),
      );
    },
    layoutVersion: async () => (await layout()).version,
    down: async () => {
      const { nodes } = (await call("GET", "GetClusterStatus")) as {
        readonly nodes: readonly { readonly id: string; readonly isUp: boolean }[];
      };
      return nodes.filter(({ isUp }) => !isUp).map(({ id }) => id);
    },
    skipDeadNodes: async (version) => {
      await call("POST", "ClusterLayoutSkipDeadNodes", { version, allowMissingData: false });
    },
    importKey: async (credentials) => {
      await call("POST", "ImportKey", { ...credentials, name: "quorate" });
    },
    createBucket: async (name, { accessKeyId }) => {
      const { id } = (await call("POST", "CreateBucket", { globalAlias: name })) as {
        readonly id: string;
      };
      await call("POST", "AllowBucketKey", {
        bucketId: id,
        accessKeyId,
        permissions: { read: true, write: true, owner: true },
      });
    },
    synchronize: async (ids, tag) => void (await changeLayout(ids.map((id) => role(id, [tag])))),
    isSynchronized: async () => {
      const { currentVersion, versions } = (await call("GET", "GetClusterLayoutHistory")) as {
        readonly currentVersion: number;
        readonly versions: readonly { readonly version: number; readonly status: string }[];
      };
      return versions.every(
        ({ version, status }) => version === currentVersion || status === "Historical",
      );
    },
    waiting: async () => {
      const { success, error } = (await call("POST", "ListWorkers?node=*", {})) as {
        readonly success: Readonly<Record<string, readonly Worker[]>>;
        readonly error: Readonly<Record<string, string>>;
      };
      const [problem] = Object.values(error);
      if (problem !== undefined) throw new Error(problem);
      return Object.values(success)
        .flat()
        .filter(({ name }) => / (Merkle|queue|sync)$/.test(name))
        .reduce((sum, { queueLength }) => sum + (queueLength ?? 0), 0);
    },
    answers: async () => {
      await call("GET", "GetClusterLayout");
    },
  };
};

const pollEveryMs = 50;
/** How long all nodes of a new cluster may take to connect with each other, in ms. */
const meshMs = 120_000;

/**
 * Prepares a new cluster for clients: connects its nodes, gives them roles, imports the clients' key and creates a
 * bucket.
 *
 * @param withinMs How long the nodes may take to connect with each other.
 * @throws EnvironmentError with the code `garage-not-connected` if they take longer, and errors of the calls.
 */
export const prepareCluster = async (
  admins: readonly Admin[],
  peers: readonly { readonly id: string; readonly address: string }[],
  { credentials, bucket }: { readonly credentials: Credentials; readonly bucket: string },
  withinMs = meshMs,
): Promise<void> => {
  const [first] = admins;
  if (first === undefined) throw new Error("a cluster without nodes");
  await first.connect(peers);
  await first.layOut(peers.map(({ id }) => id));
  const deadlineMs = performance.now() + withinMs;
  for (const [index, admin] of admins.entries())
    while (!(await admin.healthy(peers.length))) {
      if (performance.now() > deadlineMs) throw notConnected(index, peers.length, withinMs);
      await delay(pollEveryMs);
    }
  await first.importKey(credentials);
  await first.createBucket(bucket, credentials);
};

const notConnected = (index: number, nodes: number, withinMs: number): EnvironmentError =>
  new EnvironmentError({
    code: "garage-not-connected",
    expected: `a new cluster whose ${nodes} nodes all reach each other within ${withinMs / 1000} s`,
    got: `node ${index + 1} of the cluster, which still misses other nodes or their roles`,
    hint: "The nodes' own logs say more. On a busy machine, run fewer things at once.",
  });
