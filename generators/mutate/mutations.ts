/**
 * Small mutations of a plan. Each keeps the numbers of clients and keys. The caller checks whether the result is valid.
 */
import type { Random } from "fast-check";
import { integer, pick } from "../draw.ts";
import type { Plan, PlannedFault, PlannedOperation } from "../plan.ts";
import { nominalStartsMs } from "../timeline.ts";

/** The limits of a mutation: `most` is the largest number of operations, and `nodes` is the number of nodes. */
export interface Bounds {
  readonly most: number;
  readonly nodes: number;
}

/** Returns a changed copy of `plan`. The mutation may take material from `other`, a second plan. */
export type Mutation = (random: Random, plan: Plan, other: Plan, bounds: Bounds) => Plan;

const faultsAtMost = 10;
const shortestMs = 50;
const longestMs = 20_000;

/** Changes the seed of the simulated world, and so the delays and losses that decide races. */
const otherWorld: Mutation = (random, plan) => ({ ...plan, worldSeed: random.nextInt() >>> 0 });

/** Moves a fault to about the time at which an operation begins. */
const moveFault: Mutation = (random, plan) =>
  onFault(random, plan, (fault) => ({
    ...fault,
    atMs: Math.max(0, pick(random, nominalStartsMs(plan.operations)) + integer(random, -2, 8)),
  }));

const stretchFault: Mutation = (random, plan) =>
  onFault(random, plan, (fault) => ({
    ...fault,
    durationMs: Math.min(
      longestMs,
      Math.max(shortestMs, Math.round(fault.durationMs * pick(random, [0.25, 0.5, 0.75, 1.5, 2]))),
    ),
  }));

const dropFault: Mutation = (random, plan) => {
  if (plan.faults.length === 0) return plan;
  const dropped = integer(random, 0, plan.faults.length - 1);
  return { ...plan, faults: plan.faults.filter((_, index) => index !== dropped) };
};

const repeatFault: Mutation = (random, plan) => {
  const fault = plan.faults.length === 0 ? undefined : pick(random, plan.faults);
  if (fault === undefined || plan.faults.length >= faultsAtMost) return plan;
  return {
    ...plan,
    faults: [
      ...plan.faults,
      { ...fault, atMs: fault.atMs + fault.durationMs + integer(random, 1, 1_000) },
    ],
  };
};

const borrowFault: Mutation = (random, plan, other) =>
  other.faults.length === 0 || plan.faults.length >= faultsAtMost
    ? plan
    : { ...plan, faults: [...plan.faults, pick(random, other.faults)] };

/** Replaces some operations by operations of the other plan. */
const borrowOperations: Mutation = (random, plan, other, { nodes }) => {
  if (other.operations.length === 0) return plan;
  const [from, to] = chunk(random, other.operations.length);
  const lent = other.operations.slice(from, to).map((operation) => fitting(operation, plan, nodes));
  const at = integer(random, 0, plan.operations.length - 1);
  return {
    ...plan,
    operations: [
      ...plan.operations.slice(0, at),
      ...lent,
      ...plan.operations.slice(at + lent.length),
    ],
  };
};

const repeatOperations: Mutation = (random, plan, _, { most }) => {
  const [from, to] = chunk(random, plan.operations.length);
  const room = Math.max(0, most - plan.operations.length);
  return {
    ...plan,
    operations: [
      ...plan.operations.slice(0, to),
      ...plan.operations.slice(from, Math.min(to, from + room)),
      ...plan.operations.slice(to),
    ],
  };
};

/** Makes some operations follow each other with waits of at most 2 ms. */
const crowd: Mutation = (random, plan) =>
  onOperations(random, plan, () => ({ afterMs: integer(random, 0, 2) }));

const oneKey: Mutation = (random, plan) => {
  const key = integer(random, 0, plan.keys - 1);
  return onOperations(random, plan, () => ({ key }));
};

const oneNode: Mutation = (random, plan, _, { nodes }) => {
  const node = integer(random, 0, nodes - 1);
  return onOperations(random, plan, () => ({ node }));
};

const otherSettings: Mutation = (_, plan, other) => ({ ...plan, settings: other.settings });

/**
 * The mutations to draw from. A mutation that is listed several times is drawn more often. `otherWorld` is drawn most
 * often, since a race should be tried in many worlds.
 */
export const mutations: readonly Mutation[] = [
  otherWorld,
  otherWorld,
  otherWorld,
  moveFault,
  moveFault,
  stretchFault,
  dropFault,
  repeatFault,
  borrowFault,
  borrowOperations,
  repeatOperations,
  crowd,
  oneKey,
  oneNode,
  otherSettings,
];

/** Draws a range [from, to) of at most 12 places in a list that is not empty. */
function chunk(random: Random, length: number): [from: number, to: number] {
  const from = integer(random, 0, length - 1);
  return [from, Math.min(length, from + integer(random, 1, 12))];
}

function onFault(random: Random, plan: Plan, change: (fault: PlannedFault) => PlannedFault): Plan {
  if (plan.faults.length === 0) return plan;
  const changed = integer(random, 0, plan.faults.length - 1);
  return {
    ...plan,
    faults: plan.faults.map((fault, index) => (index === changed ? change(fault) : fault)),
  };
}

function onOperations(random: Random, plan: Plan, change: () => Partial<PlannedOperation>): Plan {
  const [from, to] = chunk(random, plan.operations.length);
  return {
    ...plan,
    operations: plan.operations.map((operation, index) =>
      index >= from && index < to ? { ...operation, ...change() } : operation,
    ),
  };
}

const fitting = (operation: PlannedOperation, plan: Plan, nodes: number): PlannedOperation => ({
  ...operation,
  client: operation.client % plan.clients,
  key: operation.key % plan.keys,
  node: operation.node % nodes,
});
