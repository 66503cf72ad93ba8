/** The part of the bundled store that plans need. */
import {
  type ClusterFacts,
  nodeIndex,
  nodeName,
  type PlanTarget,
  type Settings,
} from "../../../../generators/index.ts";
import { parseSettings } from "../../../../store/parse-settings.ts";
import { readQuorum, writeQuorum } from "../../../../store/placement/quorum.ts";
import { nodeNames, preferenceList } from "../../../../store/placement/ring.ts";
import type { StoreSettings } from "../../../../store/settings.ts";
import { stampQuorum } from "../../../../store/versions/stamps.ts";
import { version } from "../../../version.ts";
import { drawLastSettings, drawSettings, openSettings, simplest } from "./draw-settings.ts";
import { askedQuorums, levels } from "./levels.ts";

export { openSettings } from "./draw-settings.ts";
export { askedQuorums } from "./levels.ts";

/** Casts a plan's settings, which this target has parsed or drawn. */
export const storeSettings = (settings: Settings): StoreSettings =>
  settings as unknown as StoreSettings;

export const bundledPlans: PlanTarget = {
  name: "bundled",
  version,
  workloads: ["register", "siblings"],
  parseSettings: (input) => parseSettings(input),
  openSettings,
  fixedWhenQuick: ["nodes"],
  drawSettings: (random, base, open) => drawSettings(random, storeSettings(base), open),
  drawLastSettings: (random, settings, open, operations) =>
    drawLastSettings(random, storeSettings(settings), open, operations),
  simplest,
  withNodes: (settings, nodes) =>
    nodes < storeSettings(settings).n ? null : { ...settings, nodes },
  facts: (settings) => factsOf(storeSettings(settings)),
  // With settings that do not keep tombstones for ever, most plans delete keys, so that histories show the effect.
  usePercent: (settings, f) =>
    f === "delete" && storeSettings(settings).deletes !== "keep" ? 75 : null,
  // About half of the plans start only dead nodes in the final phase, so that state that is stuck in the memory of the
  // others shows. The other plans restart all nodes, and so test what is on the disks.
  restartPercent: 50,
  levels,
  drawsKeyNames: true,
};

/** The size of the largest segments that plans are expected to fill, in bytes. */
const largestFilled = 10_000;

function factsOf(settings: StoreSettings): ClusterFacts {
  const names = nodeNames(settings);
  const takesStamp = settings.versions === "stamps" && settings.stamps === "quorum";
  const stampReplicas = takesStamp ? stampQuorum(settings) : 0;
  return {
    nodes: settings.nodes,
    fewestNodes: settings.n,
    replicas: settings.n,
    replicasOf: (key) => preferenceList(settings, key).map((node) => names.indexOf(node)),
    replicasAmong: (key, members) => {
      const named = members.map((index) => ({ node: nodeName(index), points: nodeName(index) }));
      const on = { ...settings, nodes: named.length, members: named };
      return preferenceList(on, key).map((node) => nodeIndex(node, {}));
    },
    needed: (operation) => {
      const asked = askedQuorums(operation.levels);
      const isRead = operation.f === "read";
      const quorum = isRead ? readQuorum(settings, asked) : writeQuorum(settings, asked);
      return Math.max(quorum.needed, quorum.primaries, quorum.durable, isRead ? 0 : stampReplicas);
    },
    requestTimeoutMs: settings.requestTimeoutMs,
    silenceMs: settings.silenceMs,
    reconnectMs: settings.reconnectCapMs,
    triggers: [
      ...(["replica-ack", "client-ack", "replica-write", "syncing", "synced"] as const),
      ...(settings.readRepair === "off" ? [] : (["read-repair"] as const)),
      ...(settings.antiEntropy ? (["exchange"] as const) : []),
      ...(settings.hints ? (["hint-synced", "handoff", "hint-dropped"] as const) : []),
      "recovering",
      // Plans rarely fill larger segments.
      ...(settings.segmentBytes <= largestFilled
        ? (["log-begun", "compacted", "log-removed"] as const)
        : []),
    ],
    // The cluster may grow to nine nodes, since node names in stamps have one digit. With client routing it may not
    // grow, since a client that routes by itself does not learn of a new ring.
    ...(settings.routing === "coordinator" && settings.nodes < 9
      ? { newcomers: 9 - settings.nodes }
      : {}),
    carriesContexts: settings.versions === "siblings",
  };
}
