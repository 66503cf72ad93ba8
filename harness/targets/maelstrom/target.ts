/** Any program that speaks Maelstrom's protocol, as a target. The harness is the program's network. */
import { draw, type Settings } from "../../../generators/index.ts";
import type { MessageTarget } from "../../platforms/messages/message-target.ts";
import type { Target } from "../target.ts";
import { openClients } from "./clients.ts";
import { programOf, setupOf } from "./program.ts";
import { promised } from "./promises.ts";
import { clientMessages } from "./requests/registry.ts";
import { services } from "./services.ts";
import { type MaelstromSettings, maelstromSettings } from "./settings.ts";
import { neighbours } from "./topology.ts";

const settingsOf = (settings: Settings): MaelstromSettings => settings as MaelstromSettings;

const messages: MessageTarget = {
  program: (settings) => programOf(settingsOf(settings)),
  programPath: (settings) => settingsOf(settings).bin,
  setup: (settings) => setupOf(settingsOf(settings)),
  latency: (settings) => {
    const { latencyMs, latencyDist } = settingsOf(settings);
    return { meanMs: latencyMs, dist: latencyDist };
  },
  initTimeoutMs: (settings) => settingsOf(settings).initTimeoutMs,
  introduction: ({ nodes, settings, workload }) =>
    workload === "broadcast"
      ? [{ type: "topology", topology: neighbours(settingsOf(settings).topology, nodes) }]
      : [],
  services,
  clients: openClients,
};

/** Operations that concern a single node. */
const alone = new Set(["echo", "generate", "add", "send", "poll", "commit", "committed"]);
const majority = (nodes: number): number => Math.floor(nodes / 2) + 1;

/** Maelstrom counts the nodes of --node-count from n0, and some programs expect that. */
const namedFromZero = { firstNode: 0 } as const;

/** The latencies that plans draw, in ms. */
const latenciesMs = [0, 1, 3, 10] as const;

export const maelstrom: Target = {
  name: "maelstrom",
  version: "1",
  workloads: Object.keys(clientMessages),
  usualFaults: ["partition", "pause", "delay", "reorder"],
  defaults: { ...maelstromSettings.defaults, ...namedFromZero },
  settingsFor: () => namedFromZero,
  parseSettings: (input) => {
    const { operationsMs = 0, ...settings } = maelstromSettings.parse(input);
    // `operationsMs` is left out if it sets no limit, so that histories keep the hash that they had before this setting
    // existed.
    return operationsMs > 0 ? { ...settings, operationsMs } : settings;
  },
  openSettings: ["latencyMs"],
  drawSettings: (random, base, open) =>
    open.includes("latencyMs") ? { ...base, latencyMs: draw.pick(random, latenciesMs) } : base,
  simplest: { latencyMs: latenciesMs },
  withNodes: (settings, nodes) => (nodes < 1 ? null : { ...settings, nodes }),
  restartPercent: 0,
  // Nodes support no delete.
  usePercent: (_, f) => (f === "delete" ? 0 : null),
  phaseMs: { min: 50, max: 600 },
  // Plans in real time have 2 to 5 faults instead of the usual 1 to 3, since faults of the harness's own network take
  // no time to set.
  faultsInPlan: { min: 2, max: 5 },
  facts: (settings) => {
    const { nodes, firstNode = 1, timeoutMs, operationsMs = 0 } = settingsOf(settings);
    return {
      nodes,
      firstNode,
      fewestNodes: 1,
      replicas: nodes,
      replicasOf: () => Array.from({ length: nodes }, (_, index) => index),
      needed: ({ f }) => (alone.has(f) ? 1 : majority(nodes)),
      requestTimeoutMs: timeoutMs,
      clientTimeoutMs: timeoutMs,
      ...(operationsMs > 0 ? { operationsMs } : {}),
      silenceMs: timeoutMs,
      reconnectMs: 0,
      triggers: [],
      carriesContexts: true,
      damages: ["wipe"],
    };
  },
  sessions: () => "node",
  capabilities: (_, __, workload) => ({
    versions: workload === "siblings" ? "siblings" : "none",
    inspection: false,
    evidence: true,
    isolation: "fresh-nodes",
  }),
  describe: () => ({ stamps: "none" }),
  finalPhase: (settings) => ({
    settleBeforeRestartMs: 0,
    readsWith: null,
    handsOver: false,
    // The final phase need not wait for equal nodes, since the target's own wait (`settle`) does that where nodes must
    // agree.
    converges: false,
    settleMs: settingsOf(settings).convergeMs,
    lastLookMs: 0,
  }),
  promises: (settings, { workload, effects }) => {
    const { convergeMs, timeoutMs, succeedPercent } = settingsOf(settings);
    return {
      guarantees: promised(settingsOf(settings), workload, effects),
      bounds: {
        convergeUs: convergeMs * 1000,
        skewUs: 0,
        reconnectUs: 2 * timeoutMs * 1000,
        ...(succeedPercent > 0 ? { succeedPercent } : {}),
      },
    };
  },
  messages,
};
