/** The bundled store as a target. */
import {
  type AskedQuorums,
  defaultSettings,
  preferenceList,
  readQuorum,
  type StoreSettings,
  writeQuorum,
} from "../../../store/index.ts";
import type { RingState } from "../../../store/versions/ring-record.ts";
import type { NumberedQuorums, FinalPhaseFacts, Replication, Target } from "../target.ts";
import { bugs } from "./bugs/index.ts";
import { containers } from "./containers.ts";
import { profiles } from "./profiles/index.ts";
import { hintedErrors, hintsKeptWithinMs, hintsLastMs, promises } from "./promises.ts";
import { askedQuorums, bundledPlans, storeSettings } from "./plans/index.ts";
import { ringOf } from "./rings.ts";
import { simulator } from "./simulator.ts";

/** The bundled store: leaderless, with quorums, hints, read repair and anti-entropy. */
export const bundled: Target = {
  ...bundledPlans,
  defaults: { ...defaultSettings },
  settingsFor: (workload) => ({ versions: workload === "siblings" ? "siblings" : "stamps" }),
  workloadsUnder: (settings) =>
    storeSettings(settings).versions === "siblings" ? ["siblings"] : ["register"],
  sessions: (settings) => (storeSettings(settings).routing === "client" ? "cluster" : "node"),
  promises: (settings, facts) => promises(storeSettings(settings), facts),
  capabilities: (settings) => ({
    versions: storeSettings(settings).versions,
    inspection: true,
    evidence: true,
    isolation: "fresh-nodes",
  }),
  describe: (settings, keys) => replication(storeSettings(settings), keys),
  ringOf: (settings, ring, keys) => ringOf(storeSettings(settings), ring as RingState, keys),
  finalPhase: (settings, restarts) => finalPhase(storeSettings(settings), restarts),
  quorums: (settings, levels) => quorumsIn(storeSettings(settings), askedQuorums(levels)),
  simulator,
  containers,
  bugs,
  profiles,
  scenarios: async () => (await import("./scenarios/index.ts")).scenarios,
};

function replication(settings: StoreSettings, keys: readonly string[]): Replication {
  return {
    known: {
      n: settings.n,
      r: settings.r,
      w: settings.w,
      preference: Object.fromEntries(keys.map((key) => [key, preferenceList(settings, key)])),
    },
    stamps: settings.versions === "stamps" ? settings.stamps : "none",
    ...(settings.routing === "client" ? { routing: settings.routing } : {}),
    ...(settings.reads === "digest" ? { reads: settings.reads } : {}),
    ...(settings.quorums === "sloppy" ? { quorums: settings.quorums } : {}),
    ...(settings.deletes === "keep" ? {} : { deletes: settings.deletes }),
    ...(settings.sync === "periodic" ? { sync: settings.sync } : {}),
    repair: {
      read: settings.readRepair,
      antiEntropy: settings.antiEntropy,
      ...(settings.hints && settings.routing === "coordinator"
        ? {
            handoff: {
              windowUs: hintsLastMs(settings) * 1000,
              keptWithinUs: hintsKeptWithinMs(settings) * 1000,
              hintedErrors,
            },
          }
        : {}),
    },
  };
}

function finalPhase(settings: StoreSettings, restarts: boolean): FinalPhaseFacts {
  const { hints, antiEntropy, readRepair, n, nodes } = settings;
  const readsRepair = !antiEntropy && readRepair !== "off";
  return {
    // A coordinator knows which replicas missed a write only when its timeout ends. If only handoff repairs, the
    // coordinator must store its hints before the restart. Without a restart, a node could otherwise send hints and
    // repairs to replicas that are already equal.
    settleBeforeRestartMs: !restarts || (hints && !antiEntropy) ? hintsKeptWithinMs(settings) : 0,
    readsWith: readsRepair ? { r: n } : null,
    handsOver: hints,
    converges: antiEntropy || readsRepair || hints,
    // A node that wrongly finds something to repair among equal replicas shows this in its next exchanges, so the
    // history waits for them, but at most `longestRoundMs`.
    lastLookMs: antiEntropy
      ? Math.min(longestRoundMs, (nodes - 1) * settings.antiEntropyIntervalMs)
      : 0,
    // A new owner asks for the next keys only when the keys before them are on its disk.
    ...(settings.sync === "periodic" ? { keyMovesWithinMs: settings.syncIntervalMs } : {}),
  };
}

/** The longest wait, in ms, for each node to exchange with each peer once more. */
const longestRoundMs = 2000;

/** Returns the quorums that a request names, as numbers of replicas. W = ANY gives 0. */
function quorumsIn(settings: StoreSettings, asked: AskedQuorums): NumberedQuorums {
  const read = readQuorum(settings, asked);
  const write = writeQuorum(settings, asked);
  return {
    ...(asked.r === undefined ? {} : { r: read.needed }),
    ...(asked.pr === undefined ? {} : { pr: read.primaries }),
    ...(asked.w === undefined ? {} : { w: write.hintCounts ? 0 : write.needed }),
    ...(asked.pw === undefined ? {} : { pw: write.primaries }),
    ...(asked.dw === undefined ? {} : { dw: write.durable }),
  };
}
