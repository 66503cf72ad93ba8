/** Takes parts out of a plan. Pure; the result is valid if the plan was. null: that part cannot be taken out. */
import type { Fault, Plan, PlannedFault, PlannedOperation } from "../plan.ts";
import { smallestRing } from "../reach.ts";

/** Without operations from … from + count − 1. Those that stay keep their place in time: they also wait for what was dropped before them. */
export function dropOperations(plan: Plan, from: number, count: number): Plan {
  return keepOperations(plan, (_, index) => index < from || index >= from + count);
}

export function dropFaults(plan: Plan, from: number, count: number): Plan {
  return { ...plan, faults: plan.faults.toSpliced(from, count) };
}

/** Without the client and what it does; later clients move up. */
export function dropClient(plan: Plan, client: number): Plan | null {
  if (plan.clients === 1) return null;
  const kept = keepOperations(plan, (operation) => operation.client !== client);
  return {
    ...kept,
    clients: plan.clients - 1,
    operations: kept.operations.map((operation) => ({
      ...operation,
      client: closed(operation.client, client),
    })),
  };
}

/** Without the key and what is done to it; later keys move up. */
export function dropKey(plan: Plan, key: number): Plan | null {
  if (plan.keys === 1) return null;
  return closeKey(
    keepOperations(plan, (operation) => operation.key !== key),
    key,
  );
}

/** What was done to `key` is done to `into`; later keys move up. */
export function mergeKey(plan: Plan, key: number, into: number): Plan {
  return closeKey(
    {
      ...plan,
      operations: plan.operations.map((operation) =>
        operation.key === key ? { ...operation, key: into } : operation,
      ),
    },
    key,
  );
}

/** Without the node, what is asked of it and what befalls it; later nodes move up. Never fewer nodes than replicas. */
export function dropNode(plan: Plan, node: number): Plan | null {
  if (plan.settings.nodes <= plan.settings.n) return null;
  return closeNode(
    keepOperations(plan, (operation) => operation.node !== node),
    node,
  );
}

/** The same, but what was asked of it is asked of node `instead`. */
export function rerouteNode(plan: Plan, node: number, instead: number): Plan | null {
  if (plan.settings.nodes <= plan.settings.n || node === instead) return null;
  return closeNode(
    {
      ...plan,
      operations: plan.operations.map((operation) =>
        operation.node === node ? { ...operation, node: instead } : operation,
      ),
    },
    node,
  );
}

/** The fault no longer touches the `position`-th of its parts. */
export function narrowFault(fault: Fault, position: number): Fault | null {
  if (fault.kind !== "partition") {
    if (position < fault.nodes.length)
      return fault.nodes.length > 1
        ? { ...fault, nodes: fault.nodes.toSpliced(position, 1) }
        : null;
    return "direction" in fault
      ? { ...fault, direction: position === fault.nodes.length ? "in" : "out" }
      : null;
  }
  const { partition } = fault;
  if (partition.shape === "links")
    return partition.cuts.length > 1
      ? {
          kind: "partition",
          partition: { shape: "links", cuts: partition.cuts.toSpliced(position, 1) },
        }
      : null;
  if (
    (partition.shape !== "halves" && partition.shape !== "bridge") ||
    partition.side.length < 2 ||
    position >= partition.side.length
  )
    return null;
  return {
    kind: "partition",
    partition: { ...partition, side: partition.side.toSpliced(position, 1) },
  };
}

/** A put whose client has not met the key before has no context to carry. */
export function dropEmptyContexts(operations: readonly PlannedOperation[]): PlannedOperation[] {
  const met = new Set<string>();
  return operations.map((operation) => {
    const place = `${operation.client}/${operation.key}`;
    const { carry, ...blind } = operation;
    const kept = carry === undefined || met.has(place) ? operation : blind;
    met.add(place);
    return kept;
  });
}

function keepOperations(
  plan: Plan,
  keep: (operation: PlannedOperation, index: number) => boolean,
): Plan {
  const owedMs = new Map<number, number>();
  const operations = plan.operations.flatMap((operation, index) => {
    const afterMs = (owedMs.get(operation.client) ?? 0) + operation.afterMs;
    owedMs.set(operation.client, keep(operation, index) ? 0 : afterMs);
    return keep(operation, index) ? [{ ...operation, afterMs }] : [];
  });
  return { ...plan, operations: dropEmptyContexts(operations) };
}

function closeKey(plan: Plan, key: number): Plan {
  const operations = plan.operations.map((operation) => ({
    ...operation,
    key: closed(operation.key, key),
  }));
  return { ...plan, keys: plan.keys - 1, operations: dropEmptyContexts(operations) };
}

function closeNode(plan: Plan, node: number): Plan {
  const nodes = plan.settings.nodes - 1;
  return {
    ...plan,
    settings: { ...plan.settings, nodes },
    operations: plan.operations.map((operation) => ({
      ...operation,
      node: closed(operation.node, node),
    })),
    faults: plan.faults.flatMap((planned): PlannedFault[] => {
      const fault = faultWithout(planned.fault, node, nodes);
      return fault === null ? [] : [withoutMoment({ ...planned, fault }, node)];
    }),
  };
}

/** What was aimed at a moment inside the node that is gone comes at its time. */
function withoutMoment({ when, ...planned }: PlannedFault, node: number): PlannedFault {
  return when === undefined || when.node === node
    ? planned
    : { ...planned, when: { ...when, node: closed(when.node, node) } };
}

/** null: nothing is left of it. */
function faultWithout(fault: Fault, node: number, nodes: number): Fault | null {
  const others = (list: readonly number[]) =>
    list.filter((index) => index !== node).map((index) => closed(index, node));
  if (fault.kind !== "partition") {
    const left = others(fault.nodes);
    return left.length > 0 ? { ...fault, nodes: left } : null;
  }
  const { partition } = fault;
  switch (partition.shape) {
    case "halves": {
      const side = others(partition.side);
      return side.length > 0 && side.length < nodes
        ? { kind: "partition", partition: { shape: "halves", side } }
        : null;
    }
    case "isolate":
      return partition.node === node || nodes < 2
        ? null
        : {
            kind: "partition",
            partition: { shape: "isolate", node: closed(partition.node, node) },
          };
    case "one-way":
      if (partition.from === node || partition.to === node) return null;
      return {
        kind: "partition",
        partition: {
          shape: "one-way",
          from: closed(partition.from, node),
          to: closed(partition.to, node),
        },
      };
    case "ring":
      return nodes < smallestRing
        ? null
        : { kind: "partition", partition: { shape: "ring", order: others(partition.order) } };
    case "bridge": {
      const side = others(partition.side);
      if (partition.node === node || side.length === 0 || side.length + 1 >= nodes) return null;
      return {
        kind: "partition",
        partition: { shape: "bridge", node: closed(partition.node, node), side },
      };
    }
    case "links": {
      const cuts = partition.cuts
        .filter((cut) => !cut.includes(node))
        .map(([from, to]) => [closed(from, node), closed(to, node)] as const);
      return cuts.length === 0 ? null : { kind: "partition", partition: { shape: "links", cuts } };
    }
  }
}

/** An index once the gap that `gone` leaves is closed. */
function closed(index: number, gone: number): number {
  return index > gone ? index - 1 : index;
}
