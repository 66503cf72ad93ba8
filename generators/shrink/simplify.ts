/** Pure functions that simplify the details of a plan. Some of them return null if there is nothing to simplify. */
import { type Kinds, kindOf, workloadOf } from "../kinds.ts";
import type { Plan, PlannedFault, PlannedOperation, Settings } from "../plan.ts";
import { isSettingsProblem, type PlanTarget } from "../target.ts";
import { nominalStartsMs } from "../timeline.ts";
import { rankOf } from "./measure.ts";

/** Removes the levels and the context of operation `index`. */
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

/** Removes the keys' own names, so that they are k0, k1, … again. Returns null if the plan has no own names. */
export function plainKeyNames({ keyNames, ...plan }: Plan): Plan | null {
  return keyNames === undefined ? null : plan;
}

function plain({ levels: _, carry: __, ...operation }: PlannedOperation): PlannedOperation {
  return operation;
}

/** Removes one part of operation `index`. */
export function narrowerOperation(
  plan: Plan,
  index: number,
  part: number,
  kinds: Kinds,
): Plan | null {
  const operation = plan.operations[index];
  const narrow = operation && workloadOf(kinds, plan.workload).operations[operation.f]?.narrow;
  return operation && narrow
    ? { ...plan, operations: plan.operations.with(index, narrow(operation, part)) }
    : null;
}

/**
 * Gives a setting the value at place `rank` in the target's list of its values, which begins with the simplest. Returns
 * null if the current value is at least as simple, or if the other settings or the operations' levels exclude the
 * value.
 */
export function simplerSetting(
  plan: Plan,
  setting: string,
  rank: number,
  target: PlanTarget,
): Plan | null {
  const value = target.simplest[setting]?.[rank];
  if (value === undefined || rank >= rankOf(plan, setting, target)) return null;
  const settings = { ...plan.settings, [setting]: value };
  return canRun(settings, target) && areLevelsPossible(plan.operations, settings, target)
    ? { ...plan, settings }
    : null;
}

/**
 * Whether the settings allow the levels of all operations. Operations may name quorums that fewer replicas cannot give.
 */
function areLevelsPossible(
  operations: readonly PlannedOperation[],
  settings: Settings,
  { levels: of }: PlanTarget,
): boolean {
  return operations.every(
    ({ f, levels }) => levels === undefined || of?.problem(levels, f, settings) === null,
  );
}

function canRun(settings: Settings, target: PlanTarget): boolean {
  try {
    target.parseSettings(settings);
    return true;
  } catch (error) {
    if (isSettingsProblem(error)) return false;
    throw error;
  }
}

export function narrowerFault(plan: Plan, index: number, part: number, kinds: Kinds): Plan | null {
  const planned = plan.faults[index];
  const fault = planned && kindOf(kinds, planned.fault).narrow(planned.fault, part);
  return planned && fault
    ? { ...plan, faults: plan.faults.with(index, { ...planned, fault }) }
    : null;
}

/**
 * Makes fault `index` begin at `atMs` ("timed"), or at the first event of its trigger ("first"). Returns null if it has
 * no trigger, or already waits for the first event.
 */
export function plainerTrigger(plan: Plan, index: number, how: "timed" | "first"): Plan | null {
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

/** Shortens a time in milliseconds. */
export type Shorten = (ms: number) => number;
export const toZero: Shorten = () => 0;
export const toHalf: Shorten = (ms) => Math.floor(ms / 2);

/** Shortens all times alike, so that operations and faults mostly keep their order. */
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
 * Shortens the distance between the `index`-th time at which something begins and the time before. Everything later
 * moves with it, so that all other distances stay.
 */
export function closerBegin(plan: Plan, index: number, shorten: Shorten): Plan | null {
  const times = beginsMs(plan);
  const fromMs = times[index];
  if (fromMs === undefined) return null;
  const gapMs = fromMs - (times[index - 1] ?? 0);
  const earlierMs = gapMs - shorten(gapMs);
  const starts = nominalStartsMs(plan.operations);
  const moved = new Set<number>();
  return {
    ...plan,
    operations: plan.operations.map((operation, at) => {
      // Only the client's first operation from `fromMs` on needs a shorter wait, since its later operations follow that
      // one.
      if ((starts[at] ?? 0) < fromMs || moved.has(operation.client)) return operation;
      moved.add(operation.client);
      return { ...operation, afterMs: operation.afterMs - earlierMs };
    }),
    faults: plan.faults.map((fault) =>
      fault.atMs < fromMs ? fault : { ...fault, atMs: fault.atMs - earlierMs },
    ),
  };
}

/** All times at which something begins, ascending and without duplicates. */
function beginsMs(plan: Plan): number[] {
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
