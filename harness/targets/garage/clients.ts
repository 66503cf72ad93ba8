/**
 * Clients of a Garage cluster for one history. The partitions of each history have a prefix of their own in one bucket.
 */
import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { EnvironmentError } from "../../errors.ts";
import type { Asked, Outcome } from "../software/outcome.ts";
import { type Admin, adminOf, type Credentials, prepareCluster } from "./admin.ts";
import { nodeKey } from "./container.ts";
import { type K2v, openK2v } from "./k2v.ts";
import { createLayoutChanges, type LayoutChanges } from "./layout-changes.ts";
import type { GarageSettings } from "./settings.ts";

/** How to reach a history's cluster. */
export interface GarageReach {
  readonly nodes: readonly string[];
  readonly settings: GarageSettings;
  readonly workload: "siblings" | "set";
  /** The prefix of the history's partitions, different for each history. */
  readonly history: string;
  /** The secret from which the nodes' keys were derived. It is the same for all histories of a cluster. */
  readonly cluster: string;
  clients(node: string): { readonly host: string; readonly port: number };
  admin(node: string): { readonly host: string; readonly port: number };
  /** Returns the node's address on the nodes' network. */
  addressOf(node: string): string;
}

export interface GarageClients {
  perform(client: string, node: string, request: Asked, timeoutMs: number): Promise<Outcome>;
  /** Gives a new cluster a layout, a key and a bucket. Does nothing to a cluster that has a layout. */
  prepare(): Promise<void>;
  /**
   * Waits until all members are connected, for about `timeoutMs` at most. If the setting `repair` is on, it then
   * synchronizes their tables, and rejects if the synchronization is not complete when the time is up.
   */
  settle(timeoutMs: number): Promise<void>;
  readonly change: LayoutChanges["ask"];
  whyNotReady(node: string): Promise<string | null>;
  /** Ends this client's session with this node. The next request opens a new session. */
  forget(client: string, node: string): void;
  close(): void;
}

const bucket = "quorate";
const pollEveryMs = 50;
const callTimeoutMs = 2_000;

const credentialsOf = (cluster: string): Credentials => {
  const digest = createHash("sha256").update(`client of ${cluster}`).digest("hex");
  return { accessKeyId: `GK${digest.slice(0, 24)}`, secretAccessKey: digest };
};

export const openClients = (reach: GarageReach): GarageClients => {
  const { nodes, workload, settings, history, cluster } = reach;
  const credentials = credentialsOf(cluster);
  const sessions = new Map<string, Promise<K2v>>();
  const admin = (node: string): Admin => {
    const { host, port } = reach.admin(node);
    return adminOf(host, port);
  };
  const idOf = (node: string): string => nodeKey(cluster, node).id;
  const peersOf = (
    names: readonly string[],
  ): readonly { readonly id: string; readonly address: string }[] =>
    names.map((node) => ({ id: idOf(node), address: reach.addressOf(node) }));
  const changes = createLayoutChanges({
    nodes,
    admin,
    idOf,
    addressOf: (node) => reach.addressOf(node),
  });

  const openSession = (node: string): Promise<K2v> =>
    openK2v({
      ...reach.clients(node),
      bucket,
      prefix: `${history}:`,
      credentials,
      monotonicReads: settings.monotonicReads,
    });

  const session = (client: string, node: string): Promise<K2v> => {
    const name = `${client} ${node}`;
    let open = sessions.get(name);
    if (open === undefined) sessions.set(name, (open = openSession(node)));
    return open;
  };
  const forget = (client: string, node: string): void => {
    const name = `${client} ${node}`;
    void sessions.get(name)?.then((open) => open.close());
    sessions.delete(name);
  };

  return {
    perform: async (client, node, request, timeoutMs) => {
      const f = workload === "set" && request.f === "read" ? "read-all" : request.f;
      return (await session(client, node)).perform({ ...request, f }, timeoutMs);
    },
    prepare: async () => {
      const [first = ""] = nodes;
      if (await admin(first).isLaidOut()) return;
      await prepareCluster(nodes.map(admin), peersOf(nodes), { credentials, bucket });
    },
    settle: async (timeoutMs) => {
      const deadlineMs = performance.now() + timeoutMs;
      const late = (): boolean => performance.now() > deadlineMs;
      const members = changes.members();
      const peers = peersOf(members);
      for (const node of members)
        while (
          !late() &&
          !(await admin(node)
            .healthy(members.length)
            .catch(() => false))
        ) {
          // Garage by itself would try to connect again only after half a minute.
          await admin(node)
            .connect(peers)
            .catch(() => {});
          await delay(pollEveryMs);
        }
      if (!settings.repair) return;
      const [first = ""] = members;
      const until = async (condition: () => Promise<boolean>): Promise<void> => {
        // A condition may fail for a while, since a node that has just restarted may not answer the others yet.
        while (!late() && !(await condition().catch(() => false))) await delay(pollEveryMs);
      };
      const isQuiet = async (): Promise<boolean> => (await admin(first).waiting()) === 0;
      // A synchronization leaves out entries that are not in a node's Merkle tree yet, so `settle` first waits for
      // them.
      await until(isQuiet);
      await admin(first).synchronize(
        peers.map(({ id }) => id),
        history,
      );
      await until(() => admin(first).isSynchronized());
      await until(isQuiet);
      // A node that joined or whose disk was wiped must learn of the bucket and the key.
      for (const node of members)
        await until(async () => {
          const session = await openSession(node);
          const { kind } = await session.perform({ f: "read", key: "ready" }, callTimeoutMs);
          session.close();
          return kind === "ok";
        });
      if (late())
        throw new EnvironmentError({
          code: "garage-not-synchronized",
          expected: "all nodes to have synchronized their tables",
          got: `no complete synchronization after ${timeoutMs / 1000} s`,
          hint: "The nodes' own logs say more.",
        });
    },
    change: (name, change) => changes.ask(name, change),
    whyNotReady: async (node) => {
      try {
        await admin(node).answers();
        return null;
      } catch (error) {
        return `the node does not answer (${error instanceof Error ? error.message.slice(0, 100) : String(error)})`;
      }
    },
    forget,
    close: () => {
      for (const open of sessions.values()) void open.then((one) => one.close());
      sessions.clear();
    },
  };
};
