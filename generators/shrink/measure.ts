/** What "smaller" means. Every shrink candidate is strictly smaller than its plan, so shrinking ends. */
import type { SwarmSetting } from "../options.ts";
import type { Plan } from "../plan.ts";
import { partsOf } from "../reach.ts";

/** For each setting that shrinking may change, its values from the simplest on. A value that is not listed ranks behind. */
export const fromSimplest = {
  readRepair: ["off", "async", "blocking"],
  versions: ["stamps", "siblings"],
  stamps: ["wall", "hybrid", "quorum"],
  antiEntropy: [true, false],
  antiEntropyIntervalMs: [500],
  deletes: ["keep", "reap", "grace", "physical"],
  segmentBytes: [1 << 20],
  // Before hints, which it needs: shrinking takes the settings in this order.
  quorums: ["strict", "sloppy"],
  hints: [false, true],
  sync: ["group", "each", "periodic"],
  reads: ["full", "digest"],
  r: [2],
  w: [2],
} as const satisfies { readonly [S in SwarmSetting]: readonly Plan["settings"][S][] };

const quorumKinds = ["r", "pr", "w", "pw", "dw"] as const;

export const swarmSettingNames = Object.keys(fromSimplest) as readonly SwarmSetting[];

export function rankOf(plan: Plan, setting: SwarmSetting): number {
  const values: readonly unknown[] = fromSimplest[setting];
  const rank = values.indexOf(plan.settings[setting]);
  return rank < 0 ? values.length : rank;
}

/**
 * Compared from the left: operations, faults, nodes, keys, clients, requests' own R, W and contexts, parts of faults
 * (nodes, links, directions), moments that they are aimed at, ranks of settings, all times added up. The world's seed does not count.
 */
export function measure(plan: Plan): number[] {
  const sum = <T>(items: readonly T[], of: (item: T) => number) =>
    items.reduce((total, item) => total + of(item), 0);
  return [
    plan.operations.length,
    plan.faults.length,
    plan.settings.nodes,
    plan.keys,
    plan.clients,
    sum(
      plan.operations,
      (operation) =>
        Number(operation.carry !== undefined) +
        quorumKinds.filter((kind) => operation[kind] !== undefined).length,
    ),
    sum(plan.faults, ({ fault }) => partsOf(fault)),
    sum(plan.faults, ({ when }) => when?.count ?? 0),
    sum(swarmSettingNames, (setting) => rankOf(plan, setting)),
    sum(plan.operations, (operation) => operation.afterMs) +
      sum(plan.faults, (fault) => fault.atMs + fault.durationMs),
  ];
}

export function isSmaller(a: Plan, b: Plan): boolean {
  const of = measure(b);
  for (const [index, size] of measure(a).entries()) {
    const other = of[index] ?? 0;
    if (size !== other) return size < other;
  }
  return false;
}
