/** Apache Cassandra as a target. */
import { randomBytes } from "node:crypto";
import type { GuaranteeName, ReplicaState } from "../../../checkers/index.ts";
import { isGuaranteeName } from "../../../checkers/index.ts";
import type { Settings } from "../../../generators/index.ts";
import type { ContainerTarget } from "../../platforms/docker/index.ts";
import { platformName as externalName } from "../../platforms/external/name.ts";
import type { Reach } from "../../platforms/reach.ts";
import type { TargetClients } from "../../platforms/session.ts";
import { sessionOf, untilTold } from "../software/sessions.ts";
import type { ShownVersion } from "../software/outcome.ts";
import type { ExternalTarget, PlanFacts, Target } from "../target.ts";
import { type CassandraClients, openClients } from "./clients.ts";
import { cassandraContainer, clientsPort, jmxPort } from "./container.ts";
import { cassandraLevels } from "./levels.ts";
import type { CassandraWorkload } from "./operations.ts";
import { promised } from "./promises.ts";
import { type CassandraSettings, cassandraSettings, replicas, replicasAt } from "./settings.ts";
import { defaultVersion, getCassandra } from "./software.ts";
import type { Consistency } from "./node-client.ts";

const workloads: readonly CassandraWorkload[] = ["register", "cas", "set", "counter", "batch"];

const settingsOf = (settings: Settings): CassandraSettings => settings as CassandraSettings;

const workloadOf = (name: string): CassandraWorkload =>
  workloads.find((workload) => workload === name) ?? "register";

/** The indices of the replicas of each key, which are all nodes. */
const everyNode = Array.from({ length: replicas }, (_, index) => index);

const clientsOf = (reach: Reach): CassandraClients =>
  openClients({
    nodes: reach.nodes,
    settings: settingsOf(reach.settings),
    workload: workloadOf(reach.workload),
    history: randomBytes(4).toString("hex"),
    clients: (node) => reach.address(node),
    jmx: (node) => reach.address(node, jmxPort),
  });

const sessionsOf = (
  reach: Reach,
  clients: CassandraClients,
): Pick<TargetClients, "session" | "setClock" | "close"> => ({
  session: (client, node) =>
    sessionOf(reach.clock, (request, timeoutMs) =>
      clients.perform(client, node, request, timeoutMs),
    ),
  setClock: (client, aheadMs) => clients.setClock(client, aheadMs),
  close: () => void clients.close(),
});

const stateOf = (held: Readonly<Record<string, ShownVersion>>): Record<string, ReplicaState> =>
  Object.fromEntries(
    Object.entries(held).map(([key, { version = "", value }]) => [
      key,
      { versions: [{ version, value }] },
    ]),
  );

/**
 * The user's own cluster. The harness neither inspects nor repairs it, since its JMX address is unknown and single
 * replicas may not be readable.
 */
const external: ExternalTarget = {
  prepare: (reach) => withClients(reach, (clients) => clients.prepare()),
  clients: (reach) => sessionsOf(reach, clientsOf(reach)),
};

const withClients = async <T>(
  reach: Reach,
  use: (clients: CassandraClients) => Promise<T>,
): Promise<T> => {
  const clients = clientsOf(reach);
  try {
    return await use(clients);
  } finally {
    await clients.close();
  }
};

const containers: ContainerTarget = {
  image: { from: "machine" },
  clientPort: clientsPort,
  otherPorts: [jmxPort],
  dataPath: "/data/cassandra",
  diskMiB: 1024,
  cannot: new Map([
    ["damage", "a node whose disk lost its data must be replaced by an operator"],
    ["full-disk", "Cassandra leaves the cluster when its disk is full, until somebody restarts it"],
  ]),
  clientClocks: true,
  startTimeoutMs: 240_000,
  node: async ({ node, nodes, settings, addressOf, say }) => {
    const { version, ...own } = settingsOf(settings);
    const software = await getCassandra(version, { say });
    const { command, environment, files, mounts } = cassandraContainer({
      place: { node, address: addressOf(node), addresses: nodes.map(addressOf) },
      settings: own,
      software,
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
    return {
      ...sessionsOf(reach, clients),
      inspect: (node, done) =>
        untilTold(reach.clock, async () => stateOf(await clients.inspect(node)), done),
      settle: (timeoutMs) => clients.settle(timeoutMs),
    };
  },
};

/** The time for handing over hints, agreeing on the schema and repairing, in ms. */
const convergeMs = 60_000;
const reconnectMs = 15_000;

/**
 * Returns how long replicas may take to become equal, in ms. It depends on whether a repair or hints make them equal.
 */
const convergeMsOf = ({ repair, hints }: CassandraSettings): number =>
  repair ? convergeMs : hints ? 30_000 : 3_000;

/**
 * Returns a consistency level that asks for `count` replicas, since a plan's facts contain only numbers. A request
 * without a number uses `usual`, the level of the settings.
 */
const levelOf = (count: number | undefined, usual: Consistency): Consistency => {
  switch (count) {
    case undefined:
      return usual;
    case 0:
      return "ANY";
    case 1:
      return "ONE";
    case 2:
      return usual === "SERIAL" ? "SERIAL" : "TWO";
    default:
      return "ALL";
  }
};

const guaranteesOf = (settings: CassandraSettings, facts: PlanFacts): readonly GuaranteeName[] =>
  promised(settings, {
    workload: workloadOf(facts.workload ?? "register"),
    requests: facts.requests.map(({ f, r, w }) => ({
      f,
      level:
        f === "read"
          ? levelOf(r, facts.workload === "cas" ? settings.casRead : settings.read)
          : levelOf(w, settings.write),
    })),
    losesPower: facts.effects.some(({ effect }) => effect === "data-lost"),
    losesData: facts.effects.some(
      (one) => one.effect === "unknown" || (one.effect === "data-lost" && one.synced),
    ),
    clocksOff: facts.effects.some(({ effect }) => effect === "clock-off"),
    longestRunMs: facts.longestRunMs ?? Infinity,
  })
    .map(({ name }) => name)
    .filter(isGuaranteeName);

export const cassandra: Target = {
  name: "cassandra",
  version: defaultVersion,
  workloads,
  defaults: cassandraSettings.defaults,
  parseSettings: (input) => cassandraSettings.parse(input),
  openSettings: [],
  drawSettings: (_, base) => base,
  simplest: {},
  withNodes: () => null,
  // A start takes ten seconds, so the nodes live on between histories and few plans restart them.
  restartPercent: 10,
  // The operations may take longer than a request's timeout and than gc_grace_seconds = 1, so that a history shows what
  // follows a timeout or a deletion.
  phaseMs: { min: 1_000, max: 5_000 },
  facts: (settings) => {
    const { nodes, read, write, casRead, requestTimeoutMs } = settingsOf(settings);
    return {
      nodes,
      fewestNodes: nodes,
      replicas,
      replicasOf: () => everyNode,
      needed: ({ f, levels }) =>
        Math.max(
          1,
          replicasAt(
            (levels?.["consistency"] as Consistency | undefined) ??
              (f === "read" ? (read === "QUORUM" ? casRead : read) : write),
          ),
        ),
      requestTimeoutMs,
      silenceMs: 2_000,
      reconnectMs: 2_000,
      triggers: [],
      carriesContexts: false,
      memoryMiB: 640,
    };
  },
  levels: cassandraLevels,
  sessions: () => "node",
  quorums: (_, { consistency: level }) => {
    if (level === undefined) return {};
    const count = replicasAt(level as Consistency);
    return { r: count, w: count };
  },
  capabilities: (settings, { platform }, workload) => ({
    versions:
      workload === "register" && settingsOf(settings).stamps !== "server" ? "stamps" : "none",
    inspection: workload === "register" && platform !== externalName,
    evidence: false,
    isolation: "fresh-keyspace",
  }),
  describe: (settings, keys) => {
    const { nodes, read, write, stamps, commitlogSync, readRepair } = settingsOf(settings);
    const names = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
    return {
      known: {
        n: replicas,
        r: replicasAt(read),
        w: replicasAt(write),
        preference: Object.fromEntries(keys.map((key) => [key, names])),
      },
      stamps: stamps === "server" ? "none" : "wall",
      // Deletes count as tombstones that are removed after a grace time: a deleted row shows no stamp to reads or
      // inspections.
      deletes: "grace",
      ...(commitlogSync === "periodic" ? { sync: "periodic" } : {}),
      repair: { read: readRepair === "BLOCKING" ? "blocking" : "off", antiEntropy: true },
    };
  },
  finalPhase: () => ({
    settleBeforeRestartMs: 0,
    readsWith: null,
    handsOver: false,
    // If the user claims convergence, it is judged even if nothing repairs.
    converges: true,
    settleMs: convergeMs,
    lastLookMs: 0,
  }),
  promises: (settings, facts) => ({
    guarantees: guaranteesOf(settingsOf(settings), facts),
    bounds: {
      convergeUs: convergeMsOf(settingsOf(settings)) * 1000,
      // The skew is small without clock faults: all clients use one clock, and each stamp lies within its operation's
      // time.
      skewUs: 1_000,
      reconnectUs: reconnectMs * 1000,
    },
  }),
  containers,
  external,
  scenarios: async () => (await import("./scenarios/index.ts")).scenarios,
};
