/** Clients of an etcd cluster for one history. The keys of each history have a prefix of their own. */
import { setTimeout as delay } from "node:timers/promises";
import type { Asked, Outcome } from "../software/outcome.ts";
import { type EtcdClient, type Found, openEtcd } from "./client.ts";
import type { EtcdSettings } from "./settings.ts";

/** How to reach a history's cluster. */
export interface EtcdReach {
  readonly nodes: readonly string[];
  readonly settings: EtcdSettings;
  /** The prefix of the history's keys, different for each history. */
  readonly history: string;
  clients(node: string): { readonly host: string; readonly port: number };
}

export interface EtcdClients {
  perform(client: string, node: string, request: Asked, timeoutMs: number): Promise<Outcome>;
  /** Returns what the node itself holds of this history's keys. Rejects if the node does not answer. */
  inspect(node: string): Promise<Readonly<Record<string, Found>>>;
  whyNotReady(node: string): Promise<string | null>;
  /** Waits until every node has applied everything that was committed before the call, or the time is up. */
  settle(timeoutMs: number): Promise<void>;
  forget(client: string, node: string): void;
  close(): void;
}

const inspectTimeoutMs = 2_000;
const pollEveryMs = 50;

export const openClients = (reach: EtcdReach): EtcdClients => {
  const { settings, history } = reach;
  const sessions = new Map<string, EtcdClient>();
  const session = (client: string, node: string): EtcdClient => {
    const name = `${client} ${node}`;
    let open = sessions.get(name);
    if (open === undefined)
      sessions.set(name, (open = openEtcd({ ...reach.clients(node), prefix: `${history}/` })));
    return open;
  };
  const forget = (client: string, node: string): void => {
    const name = `${client} ${node}`;
    sessions.get(name)?.close();
    sessions.delete(name);
  };
  const whyNotReady = async (node: string): Promise<string | null> => {
    // A linearizable read succeeds only if the node is connected to a majority and has applied what the majority
    // committed.
    const answer = await session("readiness", node).perform(
      { f: "read", key: "ready" },
      inspectTimeoutMs,
    );
    return answer.kind === "ok" ? null : `the node does not answer (${answer.message})`;
  };
  return {
    perform: (client, node, request, timeoutMs) =>
      session(client, node).perform(
        { ...request, levels: { reads: settings.reads, ...request.levels } },
        timeoutMs,
      ),
    inspect: async (node) => {
      const answer = await session("inspector", node).inspect(inspectTimeoutMs);
      if ("state" in answer) return answer.state;
      throw new Error(answer.message);
    },
    whyNotReady,
    settle: async (timeoutMs) => {
      const deadlineMs = performance.now() + timeoutMs;
      for (const node of reach.nodes)
        while ((await whyNotReady(node)) !== null && performance.now() < deadlineMs)
          await delay(pollEveryMs);
    },
    forget,
    close: () => {
      for (const open of sessions.values()) open.close();
      sessions.clear();
    },
  };
};
