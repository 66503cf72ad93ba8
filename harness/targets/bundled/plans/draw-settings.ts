/**
 * Draws the settings that a plan may vary. Common values are drawn most, so that most plans promise much. Other values
 * are drawn often enough that most pairs of mechanisms meet within a few hundred plans.
 */
import type { Random } from "fast-check";
import { draw, type PlannedOperation } from "../../../../generators/index.ts";
import type { StoreSettings } from "../../../../store/settings.ts";

const { chance, integer, pick, range, weighted } = draw;

/** Settings that plans vary if the user left them open. R and W are drawn together, and only if both are open. */
export const openSettings = [
  "nodes",
  "n",
  "virtualNodes",
  "readRepair",
  "stamps",
  "antiEntropy",
  "antiEntropyIntervalMs",
  "deletes",
  "quorums",
  "hints",
  "sync",
  "segmentBytes",
  "r",
  "w",
  "reads",
] as const satisfies readonly (keyof StoreSettings)[];

type OpenSetting = (typeof openSettings)[number];

/** The values that shrinking may give each setting, the simplest first. */
export const simplest = {
  // Shrinking removes nodes one by one, together with their requests.
  nodes: [],
  readRepair: ["off", "async", "blocking"],
  stamps: ["wall", "hybrid", "quorum"],
  antiEntropy: [true, false],
  antiEntropyIntervalMs: [500],
  deletes: ["keep", "reap", "grace", "physical"],
  segmentBytes: [1 << 20],
  // `quorums` comes before `hints`, since sloppy quorums need hints and shrinking simplifies the settings in this
  // order.
  quorums: ["strict", "sloppy"],
  hints: [false, true],
  sync: ["group", "each", "periodic"],
  reads: ["full", "digest"],
  n: [3, 2, 1],
  virtualNodes: [16],
  r: [2],
  w: [2],
} as const satisfies { readonly [S in OpenSetting]: readonly StoreSettings[S][] };

/**
 * Returns `asked` with settings in `open` drawn, except `deletes` and `reads`, which `drawLastSettings` draws. Settings
 * that would contradict others are not drawn.
 */
export function drawSettings(
  random: Random,
  asked: StoreSettings,
  open: readonly string[],
): StoreSettings {
  const isOpen = (name: OpenSetting): boolean =>
    open.includes(name) && !(name === "quorums" && asked.routing === "client");
  const base = { ...asked, ...drawSize(random, asked, isOpen) };
  const antiEntropy = isOpen("antiEntropy") ? chance(random, 85) : base.antiEntropy;
  return {
    ...base,
    ...drawHandoff(random, base, isOpen),
    ...drawQuorums(random, base, isOpen),
    antiEntropy,
    // With siblings there are no stamps, and with client routing there are no quorum stamps.
    ...(isOpen("stamps") &&
      base.versions === "stamps" && {
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
    // A record has about 100 bytes. So the log is compacted often with the three small values, and hardly ever with the
    // largest value.
    ...(isOpen("segmentBytes") && { segmentBytes: pick(random, [256, 700, 2000, 1 << 20]) }),
  };
}

/**
 * Draws the numbers of nodes and replicas. Quorums must fit N, so N varies only if R and W are open too. About half of
 * the plans have the usual number of nodes: with fewer, every node may hold every key, and each further node costs
 * time.
 */
function drawSize(
  random: Random,
  { nodes, n, r, w, virtualNodes }: StoreSettings,
  isOpen: IsOpen,
): Pick<StoreSettings, "nodes" | "n" | "r" | "w" | "virtualNodes"> {
  const mostNodes = isOpen("nodes") ? 9 : nodes;
  const replicas =
    isOpen("n") && isOpen("r") && isOpen("w")
      ? Math.min(
          mostNodes,
          weighted(random, [
            [n, 12],
            [1, 1],
            [2, 2],
            [4, 2],
            [5, 3],
            [6, 1],
            [7, 1],
          ]),
        )
      : n;
  const majority = Math.floor(replicas / 2) + 1;
  return {
    nodes: isOpen("nodes") ? drawNodes(random, replicas, nodes) : nodes,
    n: replicas,
    ...(replicas === n ? { r, w } : { r: majority, w: majority }),
    virtualNodes: isOpen("virtualNodes")
      ? weighted(random, [
          [virtualNodes, 6],
          [4, 1],
          [1, 1],
        ])
      : virtualNodes,
  };
}

function drawNodes(random: Random, fewest: number, usual: number): number {
  if (usual >= fewest && chance(random, 50)) return usual;
  // The result is the smallest of three draws, since most clusters are little larger than they must be.
  return Math.min(...range(3).map(() => integer(random, fewest, 9)));
}

type IsOpen = (name: OpenSetting) => boolean;

/**
 * Draws hints, quorums and read repair. Sloppy quorums need hints and exclude reads that wait for repair. With client
 * routing, reads do not wait for repair either.
 */
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

/**
 * Draws R and W. Most plans use the cluster's own quorums. Others use R = 1 with W = N, R = N with W = 1, or R = W = 1.
 */
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

/**
 * Draws `deletes` and `reads` after everything else. These settings were added later, and the rest of an older seed's
 * plan must stay the same.
 */
export function drawLastSettings(
  random: Random,
  base: StoreSettings,
  open: readonly string[],
  operations: readonly PlannedOperation[],
): StoreSettings {
  const settings = drawDeletes(random, base, operations, open);
  return open.includes("reads") && base.routing === "coordinator"
    ? {
        ...settings,
        reads: weighted(random, [
          ["full", 3],
          ["digest", 1],
        ] as const),
      }
    : settings;
}

/**
 * Draws `deletes` and its times, if `deletes` is open and the plan has deletes. Some grace times end within a history,
 * others outlast all its faults. Reaped keys are forgotten within a second, or after the usual time.
 */
function drawDeletes(
  random: Random,
  base: StoreSettings,
  operations: readonly PlannedOperation[],
  open: readonly string[],
): StoreSettings {
  if (!open.includes("deletes") || operations.every(({ f }) => f !== "delete")) return base;
  const deletes = weighted(random, [
    ["keep", 3],
    ["grace", 3],
    ["reap", 3],
    ["physical", 1],
  ] as const);
  switch (deletes) {
    case "keep":
    case "physical":
      return { ...base, deletes };
    case "grace":
      return {
        ...base,
        deletes,
        graceMs: weighted(random, [
          [integer(random, 50, 500), 2],
          [integer(random, 500, 5000), 2],
          [integer(random, 30_000, 60_000), 1],
        ]),
      };
    case "reap":
      return {
        ...base,
        deletes,
        graceMs: integer(random, 20, 300),
        reapedMs: weighted(random, [
          [integer(random, 0, 1000), 1],
          [base.reapedMs, 2],
        ]),
      };
  }
}
