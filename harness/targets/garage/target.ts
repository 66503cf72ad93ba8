/** Garage's K2V as a target. */
import { randomBytes } from "node:crypto";
import { isGuaranteeName } from "../../../checkers/index.ts";
import type { Settings } from "../../../generators/index.ts";
import type { ContainerTarget } from "../../platforms/docker/index.ts";
import type { Reach } from "../../platforms/reach.ts";
import { sessionOf } from "../software/sessions.ts";
import type { Target } from "../target.ts";
import { type GarageClients, openClients } from "./clients.ts";
import { adminPort, garageContainer, k2vPort } from "./container.ts";
import { promised } from "./promises.ts";
import { type GarageSettings, garageSettings, quorumsOf } from "./settings.ts";
import { defaultVersion, getGarage } from "./software.ts";
import { createVersionNames } from "../software/version-names.ts";

const settingsOf = (settings: Settings): GarageSettings => settings as GarageSettings;

const replicas = 3;
/** The number of nodes that may join in a history. */
const newcomers = 3;

/**
 * All clusters can have the same secret, since each cluster has its own networks. Nodes keep their keys between
 * histories.
 */
const clusterSecret = "quorate";

const clientsOf = (reach: Reach): GarageClients =>
  openClients({
    nodes: reach.nodes,
    settings: settingsOf(reach.settings),
    workload: reach.workload === "set" ? "set" : "siblings",
    history: randomBytes(4).toString("hex"),
    cluster: clusterSecret,
    clients: (node) => reach.address(node),
    admin: (node) => reach.address(node, adminPort),
    addressOf: (node) => reach.addressOf(node),
  });

const withClients = async <T>(
  reach: Reach,
  use: (clients: GarageClients) => Promise<T>,
): Promise<T> => {
  const clients = clientsOf(reach);
  try {
    return await use(clients);
  } finally {
    clients.close();
  }
};

/** Wiping is the only possible damage: Garage does not open a database that was cut off or set back. */
const damages = ["wipe"] as const;

const containers: ContainerTarget = {
  image: { from: "machine" },
  clientPort: k2vPort,
  otherPorts: [adminPort],
  dataPath: "/data/garage",
  diskMiB: 256,
  damages,
  identity: ["meta/node_key", "meta/node_key.pub", "meta/cluster_layout", "meta/peer_list"],
  startTimeoutMs: 60_000,
  node: async ({ node, nodes, settings, addressOf, say }) => {
    const { version, ...own } = settingsOf(settings);
    const binary = await getGarage(version, { say });
    const { command, environment, files, mounts } = garageContainer({
      place: { node, address: addressOf(node), addresses: nodes.map(addressOf) },
      nodes,
      settings: own,
      binary,
      secret: clusterSecret,
    });
    return {
      command,
      environment,
      mounts,
      files: Object.fromEntries(files.map(({ path, content }) => [path, content])),
    };
  },
  ready: (node, _, reach) => withClients(reach, (clients) => clients.whyNotReady(node)),
  prepare: (reach) => withClients(reach, (clients) => clients.prepare()),
  clients: (reach) => {
    const clients = clientsOf(reach);
    const names = createVersionNames();
    return {
      session: (client, node) =>
        sessionOf(
          reach.clock,
          async (request, timeoutMs) => {
            if (reach.workload === "set") return clients.perform(client, node, request, timeoutMs);
            names.sent(request);
            return names.named(request, await clients.perform(client, node, request, timeoutMs));
          },
          () => clients.forget(client, node),
        ),
      settle: (timeoutMs) => clients.settle(timeoutMs),
      change: (name, change, done) => void clients.change(name, change).then(done),
      close: () => clients.close(),
    };
  },
};

const convergeUs = 60_000_000;
const reconnectUs = 20_000_000;

export const garage: Target = {
  name: "garage",
  version: defaultVersion,
  workloads: ["siblings", "set"],
  defaults: garageSettings.defaults,
  parseSettings: (input) => garageSettings.parse(input),
  openSettings: [],
  drawSettings: (_, base) => base,
  simplest: {},
  withNodes: () => null,
  restartPercent: 20,
  facts: (settings) => {
    const { nodes, requestTimeoutMs } = settingsOf(settings);
    const { r, w } = quorumsOf(settingsOf(settings));
    return {
      nodes,
      fewestNodes: nodes,
      replicas,
      replicasOf: () => Array.from({ length: replicas }, (_, index) => index),
      needed: ({ f }) => (f === "read" ? r : w),
      requestTimeoutMs,
      newcomers,
      silenceMs: 2_000,
      reconnectMs: 2_000,
      triggers: [],
      carriesContexts: true,
      deletesCarry: true,
      damages,
    };
  },
  sessions: () => "node",
  capabilities: (_, __, workload) => ({
    versions: workload === "siblings" ? "siblings" : "none",
    inspection: false,
    evidence: false,
    isolation: "fresh-keyspace",
  }),
  describe: (settings, keys) => {
    const { nodes } = settingsOf(settings);
    const names = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
    return {
      known: {
        n: replicas,
        ...quorumsOf(settingsOf(settings)),
        preference: Object.fromEntries(keys.map((key) => [key, names])),
      },
      stamps: "none",
      deletes: "physical",
      repair: {
        read: settingsOf(settings).monotonicReads ? "blocking" : "async",
        antiEntropy: true,
      },
    };
  },
  finalPhase: () => ({
    settleBeforeRestartMs: 0,
    readsWith: null,
    handsOver: false,
    // The final phase need not wait for equal replicas, since the target's own repair (`settle`) waits until everything
    // is synchronized, if the settings say so.
    converges: false,
    settleMs: 60_000,
    lastLookMs: 0,
  }),
  promises: (settings, facts) => ({
    guarantees: promised(settingsOf(settings), {
      workload: facts.workload === "set" ? "set" : "siblings",
      losesPower: facts.effects.some(({ effect }) => effect === "data-lost"),
      damagedNodes: new Set(
        facts.effects.flatMap((one) =>
          one.effect === "data-lost" && one.synced ? [one.node] : [],
        ),
      ).size,
    })
      .map(({ name }) => name)
      .filter(isGuaranteeName),
    bounds: { convergeUs, skewUs: 0, reconnectUs },
  }),
  containers,
  scenarios: async () => (await import("./scenarios/index.ts")).scenarios,
};
