/** Makes what stays in a plan plainer. Pure; null: nothing to do. */
import { parseSettings, SettingsError, type StoreSettings } from "../../store/index.ts";
import type { SwarmSetting } from "../options.ts";
import type { Plan, PlannedFault, PlannedOperation } from "../plan.ts";
import { narrowFault } from "./drop.ts";
import { nominalStartsMs } from "../timeline.ts";
import { fromSimplest, rankOf } from "./measure.ts";

/** Operation `index` without an R, W or context of its own. */
export function plainOperation(plan: Plan, index: number): Plan {
  return {
    ...plan,
    operations: plan.operations.map((operation, at) =>
      at === index ? plain(operation) : operation,
    ),
  };
}

export function plainOperations(plan: Plan): Plan {
  return { ...plan, operations: plan.operations.map(plain) };
}

function plain({ client, afterMs, node, f, key }: PlannedOperation): PlannedOperation {
  return { client, afterMs, node, f, key };
}

/** The setting at the `rank`-th simplest of its values, if the rest can run with it. */
export function simplerSetting(plan: Plan, setting: SwarmSetting, rank: number): Plan | null {
  if (rank >= rankOf(plan, setting)) return null;
  const settings = { ...plan.settings, [setting]: fromSimplest[setting][rank] };
  if (!canRun(settings)) return null;
  // Contexts mean nothing under last write wins.
  const operations =
    settings.versions === "siblings"
      ? plan.operations
      : plan.operations.map(({ carry: _, ...operation }) => operation);
  return { ...plan, settings, operations };
}

function canRun(settings: StoreSettings): boolean {
  try {
    parseSettings(settings);
    return true;
  } catch (error) {
    if (error instanceof SettingsError) return false;
    throw error;
  }
}

export function narrowerFault(plan: Plan, index: number, position: number): Plan | null {
  const planned = plan.faults[index];
  const fault = planned && narrowFault(planned.fault, position);
  return planned && fault
    ? { ...plan, faults: plan.faults.with(index, { ...planned, fault }) }
    : null;
}

/** The fault comes at its time, or at the first such moment. */
export function plainerMoment(plan: Plan, index: number, how: "timed" | "first"): Plan | null {
  const planned = plan.faults[index];
  if (planned?.when === undefined) return null;
  const { when, ...timed } = planned;
  if (how === "first" && when.count === 1) return null;
  return {
    ...plan,
    faults: plan.faults.with(
      index,
      how === "timed" ? timed : { ...timed, when: { ...when, count: 1 } },
    ),
  };
}

/** Changes milliseconds; `which` says of what. */
export type Shorten = (ms: number) => number;
export const toZero: Shorten = () => 0;
export const toHalf: Shorten = (ms) => Math.floor(ms / 2);

/** All times, so that operations and faults keep their order. */
export function shorterPlan(plan: Plan, shorten: Shorten): Plan {
  return {
    ...plan,
    operations: plan.operations.map((operation) => ({
      ...operation,
      afterMs: shorten(operation.afterMs),
    })),
    faults: plan.faults.map((fault) => ({
      ...fault,
      atMs: shorten(fault.atMs),
      durationMs: Math.max(1, shorten(fault.durationMs)),
    })),
  };
}

/**
 * The `index`-th of the moments at which something begins, and all that begins later, come earlier by the time that has passed since the
 * moment before. Order and distances elsewhere stay: what must lie within a fault keeps lying there.
 */
export function closerMoment(plan: Plan, index: number, shorten: Shorten): Plan | null {
  const times = momentsMs(plan);
  const fromMs = times[index];
  if (fromMs === undefined) return null;
  const gapMs = fromMs - (times[index - 1] ?? 0);
  const earlierMs = gapMs - shorten(gapMs);
  const starts = nominalStartsMs(plan.operations);
  const moved = new Set<number>();
  return {
    ...plan,
    operations: plan.operations.map((operation, at) => {
      // Only a client's first one from there on: the others follow it.
      if ((starts[at] ?? 0) < fromMs || moved.has(operation.client)) return operation;
      moved.add(operation.client);
      return { ...operation, afterMs: operation.afterMs - earlierMs };
    }),
    faults: plan.faults.map((fault) =>
      fault.atMs < fromMs ? fault : { ...fault, atMs: fault.atMs - earlierMs },
    ),
  };
}

/** When anything begins, ascending, each moment once. */
function momentsMs(plan: Plan): number[] {
  return [
    ...new Set([...nominalStartsMs(plan.operations), ...plan.faults.map((fault) => fault.atMs)]),
  ].sort((a, b) => a - b);
}

export function shorterWaits(plan: Plan, shorten: Shorten): Plan {
  return {
    ...plan,
    operations: plan.operations.map((operation) => ({
      ...operation,
      afterMs: shorten(operation.afterMs),
    })),
  };
}

export function shorterWait(plan: Plan, index: number, shorten: Shorten): Plan {
  return {
    ...plan,
    operations: plan.operations.map((operation, at) =>
      at === index ? { ...operation, afterMs: shorten(operation.afterMs) } : operation,
    ),
  };
}

export function shorterFault(
  plan: Plan,
  index: number,
  time: "atMs" | "durationMs",
  shorten: Shorten,
): Plan {
  const changed = (fault: PlannedFault): PlannedFault => ({
    ...fault,
    [time]: Math.max(time === "durationMs" ? 1 : 0, shorten(fault[time])),
  });
  return {
    ...plan,
    faults: plan.faults.map((fault, at) => (at === index ? changed(fault) : fault)),
  };
}
