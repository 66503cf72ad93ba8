/** etcd as a target. It keeps strong promises, so it serves as a positive control. */
import { randomBytes } from "node:crypto";
import { isGuaranteeName } from "../../../checkers/index.ts";
import { draw, type Settings } from "../../../generators/index.ts";
import type { ContainerTarget } from "../../platforms/docker/index.ts";
import type { OpenClients, Reach } from "../../platforms/reach.ts";
import { sessionOf, untilTold } from "../software/sessions.ts";
import type { Target } from "../target.ts";
import { type EtcdClients, openClients } from "./clients.ts";
import { clientsPort, etcdContainer } from "./container.ts";
import { etcdWorkloads, promised } from "./promises.ts";
import { type EtcdSettings, etcdSettings } from "./settings.ts";
import { getEtcd } from "./software.ts";

const settingsOf = (settings: Settings): EtcdSettings => settings as EtcdSettings;

const clientsOf = (reach: Reach): EtcdClients =>
  openClients({
    nodes: reach.nodes,
    settings: settingsOf(reach.settings),
    history: randomBytes(4).toString("hex"),
    clients: (node) => reach.address(node),
  });

const openTarget: OpenClients = (reach) => {
  const clients = clientsOf(reach);
  return {
    session: (client, node) =>
      sessionOf(
        reach.clock,
        (request, timeoutMs) => clients.perform(client, node, request, timeoutMs),
        () => clients.forget(client, node),
      ),
    inspect: (node, done) =>
      untilTold(
        reach.clock,
        async () =>
          Object.fromEntries(
            Object.entries(await clients.inspect(node)).map(([key, found]) => [
              key,
              { versions: [found] },
            ]),
          ),
        done,
      ),
    settle: (timeoutMs) => clients.settle(timeoutMs),
    close: () => clients.close(),
  };
};

const containers: ContainerTarget = {
  image: { from: "machine" },
  clientPort: clientsPort,
  dataPath: "/data/etcd",
  diskMiB: 256,
  cannot: new Map([
    ["damage", "a member whose disk lost its data must be replaced by an operator"],
    ["full-disk", "etcd ends when its disk is full"],
  ]),
  startTimeoutMs: 60_000,
  node: async ({ node, nodes, addressOf, say }) => {
    const { binary } = await getEtcd({ say });
    const { command, environment, mounts } = etcdContainer({
      place: { node, address: addressOf(node), addresses: nodes.map(addressOf) },
      nodes,
      binary,
      // All clusters can have the same secret, since each cluster has its own networks.
      secret: "quorate",
    });
    return { command, environment, mounts };
  },
  ready: async (node, _, reach) => {
    const clients = clientsOf(reach);
    try {
      return await clients.whyNotReady(node);
    } finally {
      clients.close();
    }
  },
  clients: openTarget,
};

const majority = (nodes: number): number => Math.floor(nodes / 2) + 1;
const convergeUs = 20_000_000;
const reconnectUs = 10_000_000;

export const etcd: Target = {
  name: "etcd",
  version: "3.4",
  workloads: etcdWorkloads,
  defaults: etcdSettings.defaults,
  parseSettings: (input) => etcdSettings.parse(input),
  openSettings: [],
  drawSettings: (_, base) => base,
  simplest: {},
  withNodes: () => null,
  restartPercent: 30,
  facts: (settings) => {
    const { nodes, requestTimeoutMs } = settingsOf(settings);
    return {
      nodes,
      fewestNodes: nodes,
      replicas: nodes,
      replicasOf: () => Array.from({ length: nodes }, (_, index) => index),
      needed: ({ f, levels }) =>
        f === "read" && levels?.["reads"] === "serializable" ? 1 : majority(nodes),
      requestTimeoutMs,
      silenceMs: 1_000,
      reconnectMs: 1_000,
      triggers: [],
      carriesContexts: false,
    };
  },
  levels: {
    schema: {
      type: "object",
      properties: { reads: { enum: ["linearizable", "serializable"] } },
      additionalProperties: false,
    },
    drawStyle: () => null,
    // Drawn reads are linearizable, since serializable reads promise less.
    draw: (random, _, f) =>
      f === "read" ? { reads: draw.pick(random, ["linearizable"] as const) } : {},
    problem: ({ reads }, f) =>
      reads === undefined || f === "read"
        ? null
        : { name: "reads", expected: "a read", hint: "Leave it out." },
    say: ({ reads = "" }) => String(reads),
  },
  sessions: () => "node",
  quorums: (_, { reads }) => (reads === "serializable" ? { r: 1 } : {}),
  capabilities: (_, __, workload) => ({
    versions: workload === "register" ? "stamps" : "none",
    inspection: workload === "register",
    evidence: false,
    isolation: "fresh-keyspace",
  }),
  describe: (settings, keys) => {
    const { nodes, reads } = settingsOf(settings);
    const names = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
    return {
      known: {
        n: nodes,
        r: reads === "serializable" ? 1 : majority(nodes),
        w: majority(nodes),
        preference: Object.fromEntries(keys.map((key) => [key, names])),
      },
      // Revisions number writes in the order in which they are applied, like quorum stamps.
      stamps: "quorum",
      deletes: "physical",
      repair: { read: "off", antiEntropy: true },
    };
  },
  finalPhase: () => ({
    settleBeforeRestartMs: 0,
    readsWith: null,
    handsOver: false,
    converges: true,
    settleMs: convergeUs / 1000,
    lastLookMs: 0,
  }),
  promises: (settings, facts) => ({
    guarantees: promised({
      workload: etcdWorkloads.find((name) => name === facts.workload) ?? "register",
      serializable:
        settingsOf(settings).reads === "serializable" ||
        facts.requests.some(({ f, r }) => f === "read" && r === 1),
      losesData: facts.effects.some(
        (one) => one.effect === "unknown" || (one.effect === "data-lost" && one.synced),
      ),
    })
      .map(({ name }) => name)
      .filter(isGuaranteeName),
    bounds: { convergeUs, skewUs: 0, reconnectUs },
  }),
  containers,
  external: { clients: openTarget },
  scenarios: async () => (await import("./scenarios/index.ts")).scenarios,
};
