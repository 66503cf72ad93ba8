/**
 * Guesses smaller plans that probably still fail. Most contain the operations of an anomaly, most often at the times at
 * which these really began, and likely faults. Some contain, in place of the plan's faults, one that cuts off the node
 * at which the anomaly showed. Where a try takes seconds, these guesses are tried before systematic shrinking.
 */
import {
  type Anomaly,
  type GuaranteeName,
  type HistoryEvent,
  type Operation,
  operationsOf,
} from "../../checkers/index.ts";
import {
  builtInKinds,
  type Kinds,
  kindOf,
  keyName,
  nodeIndex,
  nominalStartsMs,
  partOf,
  type Plan,
  type PlannedFault,
  type PlannedOperation,
  type PlanOptions,
  workloadOf,
} from "../../generators/index.ts";
import type { Attempt } from "./attempt.ts";

const anomaliesAsked = 2;
const faultsAsked = 2;

/**
 * Guesses plans that are smaller than the attempt's plan. The smallest come first.
 *
 * @param broken The guarantees whose anomalies the guesses should show again.
 * @param plans The options with which the campaign draws plans.
 */
export function likelyCuts(
  attempt: Pick<Attempt, "plan" | "events" | "verdict">,
  broken: readonly GuaranteeName[],
  plans: Pick<PlanOptions, "target" | "faults" | "kinds">,
): readonly Plan[] {
  const { kinds = builtInKinds } = plans;
  const happened = new Map(
    operationsOf(attempt.events).map((operation) => [operation.op, operation]),
  );
  const cuts = broken
    .flatMap((name) => attempt.verdict.guarantees[name]?.anomalies ?? [])
    // Anomalies with the longest time before their last operation come first: if operations followed each other within
    // a millisecond, the anomaly rarely happens again.
    .sort((a, b) => spareUs(b, happened) - spareUs(a, happened))
    .slice(0, anomaliesAsked)
    .flatMap((anomaly) => [
      ...cutsBy(anomaly, attempt, happened, kinds),
      ...isolatedBy(anomaly, attempt, happened, plans),
    ]);
  const sized = [...new Map(cuts.map((plan) => [JSON.stringify(plan), plan])).values()].filter(
    (plan) => sizeOf(plan) < sizeOf(attempt.plan),
  );
  return sized.sort((a, b) => sizeOf(a) - sizeOf(b));
}

/**
 * The size of a plan. A restart of all nodes counts most, since it may add a minute to each try. Operations count more
 * than faults.
 */
const sizeOf = ({ operations, faults, restart }: Plan): number =>
  (restart === true ? 1_000_000 : 0) + operations.length * 1000 + faults.length * 5;

/** The operation of the anomaly that began last. Undefined if the history has no operation of the anomaly. */
const lastOf = (
  { operations }: Anomaly,
  happened: ReadonlyMap<number, Operation>,
): Operation | undefined =>
  operations
    .flatMap((op) => happened.get(op) ?? [])
    .reduce<Operation | undefined>(
      (latest, one) => (latest === undefined || one.startUs > latest.startUs ? one : latest),
      undefined,
    );

/**
 * The time, in µs, from the end of all other operations of the anomaly to the start of its last operation. It is
 * negative if they overlapped.
 */
function spareUs(anomaly: Anomaly, happened: ReadonlyMap<number, Operation>): number {
  const real = anomaly.operations.flatMap((op) => happened.get(op) ?? []);
  const last = lastOf(anomaly, happened);
  const others = real.filter((one) => one !== last).map(({ endUs }) => endUs);
  return last === undefined ? -Infinity : last.startUs - Math.max(0, ...others);
}

function cutsBy(
  anomaly: Anomaly,
  { plan, events }: Pick<Attempt, "plan" | "events">,
  happened: ReadonlyMap<number, Operation>,
  kinds: Kinds,
): readonly Plan[] {
  const beganUs = phaseUs(events, "operations");
  const endUs = Math.min(
    phaseUs(events, "final-phase") ?? Infinity,
    Math.max(-Infinity, ...anomaly.operations.map((op) => happened.get(op)?.endUs ?? Infinity)),
  );
  const { operations: known } = workloadOf(kinds, plan.workload);
  const ofKey = (one: PlannedOperation): boolean =>
    anomaly.key === undefined || keyName(one.key, plan) === anomaly.key;
  const began = (op: number): boolean => (happened.get(op)?.startUs ?? Infinity) <= endUs;
  const named = (_: PlannedOperation, op: number): boolean => anomaly.operations.includes(op);
  const choices = [
    named,
    (one: PlannedOperation, op: number) =>
      named(one, op) || (ofKey(one) && began(op) && known[one.f]?.writes === true),
    (one: PlannedOperation, op: number) => named(one, op) || (ofKey(one) && began(op)),
    (one: PlannedOperation) => ofKey(one),
    (_: PlannedOperation, op: number) => began(op),
  ];
  const before = plan.faults.filter(({ atMs }) => (beganUs ?? 0) + atMs * 1000 <= endUs);
  const touches = (one: PlannedFault): boolean =>
    anomaly.operations.some((op) => {
      const operation = happened.get(op);
      const client = plan.operations[op]?.client;
      if (operation === undefined || client === undefined) return false;
      const fromUs = (beganUs ?? 0) + one.atMs * 1000;
      return (
        operation.endUs >= fromUs &&
        operation.startUs <= fromUs + one.durationMs * 1000 &&
        isFelt(one, client, kinds)
      );
    });
  // Faults that lasted during an operation of the anomaly come first. Among equals, the later fault comes first.
  const likely = [...before].reverse().sort((a, b) => Number(touches(b)) - Number(touches(a)));
  const faults = [...likely.slice(0, faultsAsked).map((one) => [one]), before, plan.faults];
  const short = choices.flatMap((keep) =>
    faults.flatMap((some: readonly PlannedFault[]) => {
      const lastFaultUs = (beganUs ?? 0) + Math.max(0, ...some.map(({ atMs }) => atMs)) * 1000;
      const after = firstAfter(lastFaultUs, happened, keep, plan);
      const operations = asTheyBegan(
        plan,
        happened,
        beganUs ?? 0,
        (one, op) => keep(one, op) || op === after,
      );
      if (operations.length === 0) return [];
      const cut = partOf(plan, operations, some, kinds);
      return plan.restart === true ? [{ ...cut, restart: false }, cut] : [cut];
    }),
  );
  const linkFaults = [...plan.faults.filter(touches), ...plan.faults].filter(
    ({ fault }) => kindOf(kinds, fault).needsPeers === true,
  );
  const long = choices.slice(0, 2).flatMap((keep) =>
    [...new Set(linkFaults)].slice(0, faultsAsked).flatMap((fault) => {
      const operations = asTheyBegan(plan, happened, beganUs ?? 0, keep);
      // A race needs at least two operations.
      return operations.length < 2 ? [] : [heldThroughout(plan, operations, fault, kinds)];
    }),
  );
  return [...short, ...long];
}

/**
 * Two plans for each of the campaign's kinds of fault that can cut off one node: with the operations of the anomaly,
 * and only with those of them that write, while a fault cuts off the node of the last operation. Plans without
 * operations are left out. Empty if the campaign has no such kind of fault, or the cluster has one node.
 */
function isolatedBy(
  anomaly: Anomaly,
  { plan, events }: Pick<Attempt, "plan" | "events">,
  happened: ReadonlyMap<number, Operation>,
  { target, faults, kinds = builtInKinds }: Pick<PlanOptions, "target" | "faults" | "kinds">,
): readonly Plan[] {
  const node = lastOf(anomaly, happened)?.node;
  const facts = target.facts(plan.settings);
  if (node === undefined || facts.nodes < 2) return [];
  const { operations: known } = workloadOf(kinds, plan.workload);
  const beganUs = phaseUs(events, "operations") ?? 0;
  const choices = [(one: PlannedOperation) => known[one.f]?.writes === true, () => true];
  return faults.flatMap((kind) => {
    const fault = kinds.faults.get(kind)?.isolate?.(nodeIndex(node, facts));
    if (fault === undefined) return [];
    return choices.flatMap((keep) => {
      const operations = asTheyBegan(
        plan,
        happened,
        beganUs,
        (one, op) => anomaly.operations.includes(op) && keep(one),
      );
      const held = { atMs: 0, durationMs: 0, fault };
      return operations.length === 0 ? [] : [heldThroughout(plan, operations, held, kinds)];
    });
  });
}

/** How long a fault of links may take to begin on real machines, in ms. */
const beginsMs = 300;

/**
 * The plan with only these operations and this fault, which begins before the first operation and ends after the last
 * operation. If an anomaly needs a write that has not reached a replica yet, it depends on milliseconds and rarely
 * happens again. While a fault of links lasts, the write may not reach the replica at all.
 */
function heldThroughout(
  plan: Plan,
  operations: readonly PlannedOperation[],
  fault: PlannedFault,
  kinds: Kinds,
): Plan {
  const starts = nominalStartsMs(operations);
  const shiftMs = beginsMs - Math.min(...starts);
  const begun = new Set<number>();
  const shifted = operations.map((operation) => {
    const isFirst = !begun.has(operation.client);
    begun.add(operation.client);
    return isFirst ? { ...operation, afterMs: operation.afterMs + shiftMs } : operation;
  });
  const durationMs = Math.max(...starts) + shiftMs + beginsMs;
  const held = partOf(plan, shifted, [{ ...fault, atMs: 0, durationMs }], kinds);
  return plan.restart === true ? { ...held, restart: false } : held;
}

/** Whether the fault may affect this client. */
const isFelt = ({ fault }: PlannedFault, client: number, kinds: Kinds): boolean =>
  kindOf(kinds, fault).clientsOf?.(fault).includes(client) ?? true;

/**
 * The first operation that began after `faultUs`. Undefined if none began then, or if `keep` keeps one of those that
 * did. Without an operation after the fault, the final phase would come before the fault.
 */
function firstAfter(
  faultUs: number,
  happened: ReadonlyMap<number, Operation>,
  keep: (operation: PlannedOperation, op: number) => boolean,
  { operations }: Plan,
): number | undefined {
  const later = operations.flatMap((operation, op) => {
    const startUs = happened.get(op)?.startUs ?? 0;
    return startUs > faultUs ? [{ op, startUs, isKept: keep(operation, op) }] : [];
  });
  if (later.some(({ isKept }) => isKept)) return undefined;
  return later.sort((a, b) => a.startUs - b.startUs)[0]?.op;
}

const phaseUs = (
  events: readonly HistoryEvent[],
  phase: "operations" | "final-phase",
): number | undefined =>
  events.flatMap((event) => (event.e === "phase" && event.phase === phase ? [event.atUs] : []))[0];

/** The kept operations, each of which waits until its real start, since the removed operations also took time. */
function asTheyBegan(
  { operations }: Plan,
  happened: ReadonlyMap<number, Operation>,
  beganUs: number,
  keep: (operation: PlannedOperation, op: number) => boolean,
): readonly PlannedOperation[] {
  const freeUs = new Map<number, number>();
  return operations.flatMap((operation, op) => {
    const real = happened.get(op);
    if (real === undefined || !keep(operation, op)) return [];
    const sinceUs = freeUs.get(operation.client) ?? beganUs;
    freeUs.set(operation.client, Number.isFinite(real.endUs) ? real.endUs : real.startUs);
    return [{ ...operation, afterMs: Math.max(0, Math.round((real.startUs - sinceUs) / 1000)) }];
  });
}
