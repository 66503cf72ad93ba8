/**
 * Draws the settings that a plan may vary by itself. What most clusters run with is drawn most, so that most plans promise much; the rest
 * comes often enough that each mechanism meets each other one within some hundred plans.
 */
import type { Random } from "fast-check";
import type { StoreSettings } from "../store/index.ts";
import { chance, pick, weighted } from "./draw.ts";
import type { SwarmSetting } from "./options.ts";

/** `base`, but for what is open. What is drawn can always run together, with what the base fixes too. */
export function drawSettings(
  random: Random,
  base: StoreSettings,
  open: readonly SwarmSetting[],
): StoreSettings {
  const isOpen = (name: SwarmSetting): boolean =>
    open.includes(name) && !(name === "quorums" && base.routing === "client");
  const versions = isOpen("versions")
    ? pick(random, ["stamps", "siblings"] as const)
    : base.versions;
  const antiEntropy = isOpen("antiEntropy") ? chance(random, 85) : base.antiEntropy;
  return {
    ...base,
    ...drawHandoff(random, base, isOpen),
    ...drawQuorums(random, base, isOpen),
    versions,
    antiEntropy,
    // Siblings have no stamps, and a client that routes takes none from a read.
    ...(isOpen("stamps") &&
      versions === "stamps" && {
        stamps: pick(
          random,
          base.routing === "client"
            ? (["wall", "hybrid"] as const)
            : (["wall", "hybrid", "quorum"] as const),
        ),
      }),
    ...(isOpen("antiEntropyIntervalMs") &&
      antiEntropy && { antiEntropyIntervalMs: pick(random, [100, 250, 500, 1000, 2000]) }),
    ...(isOpen("sync") && {
      sync: weighted(random, [
        ["group", 8],
        ["each", 1],
        ["periodic", 1],
      ] as const),
    }),
    // A record has some 100 bytes: from a compaction every few writes to none.
    ...(isOpen("segmentBytes") && { segmentBytes: pick(random, [256, 700, 2000, 1 << 20]) }),
  };
}

type IsOpen = (name: SwarmSetting) => boolean;

/** Who stands in for a replica needs hints, and no read can wait for replicas that others stand in for. A client that routes waits for no repair. */
function drawHandoff(
  random: Random,
  base: StoreSettings,
  isOpen: IsOpen,
): Pick<StoreSettings, "hints" | "quorums" | "readRepair"> {
  const hints = isOpen("hints") && base.quorums === "strict" ? chance(random, 35) : base.hints;
  const maySlop = hints && (isOpen("readRepair") || base.readRepair !== "blocking");
  const quorums =
    isOpen("quorums") && maySlop
      ? weighted(random, [
          ["strict", 2],
          ["sloppy", 1],
        ] as const)
      : base.quorums;
  if (!isOpen("readRepair")) return { hints, quorums, readRepair: base.readRepair };
  return {
    hints,
    quorums,
    readRepair: pick(
      random,
      quorums === "sloppy" || base.routing === "client"
        ? (["off", "async"] as const)
        : (["off", "async", "blocking"] as const),
    ),
  };
}

/** The cluster's own in most plans; else all of one and one of the other, or too weak to meet. */
function drawQuorums(
  random: Random,
  { n, r, w }: StoreSettings,
  isOpen: IsOpen,
): Pick<StoreSettings, "r" | "w"> {
  if (!isOpen("r") || !isOpen("w")) return { r, w };
  return weighted(random, [
    [{ r, w }, 16],
    [{ r: 1, w: n }, 1],
    [{ r: n, w: 1 }, 1],
    [{ r: 1, w: 1 }, 2],
  ]);
}

/** What bears on no other draw is drawn when all else is, so that a seed's plans stay what they were before there was this setting. */
export function drawLastSettings(
  random: Random,
  base: StoreSettings,
  open: readonly SwarmSetting[],
): StoreSettings {
  return open.includes("reads") && base.routing === "coordinator"
    ? {
        ...base,
        reads: weighted(random, [
          ["full", 3],
          ["digest", 1],
        ] as const),
      }
    : base;
}
