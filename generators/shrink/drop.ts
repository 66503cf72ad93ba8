/** Takes parts out of a plan. Pure; the result is valid if the plan was. null: that part cannot be taken out. */
import { closeGap } from "../faults/nodes.ts";
import { type Kinds, kindOf } from "../kinds.ts";
import type { ResolvedLanguage } from "../options.ts";
import type { Plan, PlannedFault, PlannedOperation } from "../plan.ts";

/**
 * Without operations from … from + count − 1. Those that stay keep their place in time: they also wait for what was
 * dropped before them.
 */
export function dropOperations(plan: Plan, from: number, count: number): Plan {
  return keepOperations(plan, (_, index) => index < from || index >= from + count);
}

export function dropFaults(plan: Plan, from: number, count: number): Plan {
  return { ...plan, faults: plan.faults.toSpliced(from, count) };
}

/** Without the client and what it does; later clients move up. */
export function dropClient(plan: Plan, client: number, kinds: Kinds): Plan | null {
  if (plan.clients === 1) return null;
  const kept = keepOperations(plan, (operation) => operation.client !== client);
  return {
    ...kept,
    clients: plan.clients - 1,
    operations: kept.operations.map((operation) => ({
      ...operation,
      client: closeGap(operation.client, client),
    })),
    faults: withoutClient(plan.faults, client, kinds),
  };
}

/** What of the faults is left in a plan without the client. */
export function withoutClient(
  faults: readonly PlannedFault[],
  client: number,
  kinds: Kinds,
): readonly PlannedFault[] {
  return faults.flatMap((planned): PlannedFault[] => {
    const kind = kindOf(kinds, planned.fault);
    if (kind.withoutClient === undefined) return [planned];
    const fault = kind.withoutClient(planned.fault, client);
    return fault === null ? [] : [{ ...planned, fault }];
  });
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

/**
 * Without the node, what is asked of it and what befalls it; later nodes move up. null: the target needs all its nodes.
 */
export function dropNode(plan: Plan, node: number, language: ResolvedLanguage): Plan | null {
  return closeNode(
    keepOperations(plan, (operation) => operation.node !== node),
    node,
    language,
  );
}

/** The same, but what was asked of it is asked of node `instead`. */
export function rerouteNode(
  plan: Plan,
  node: number,
  instead: number,
  language: ResolvedLanguage,
): Plan | null {
  if (node === instead) return null;
  const operations = plan.operations.map((operation) =>
    operation.node === node ? { ...operation, node: instead } : operation,
  );
  return closeNode({ ...plan, operations }, node, language);
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
    key: closeGap(operation.key, key),
  }));
  const { keyNames } = plan;
  return {
    ...plan,
    keys: plan.keys - 1,
    ...(keyNames !== undefined && { keyNames: keyNames.toSpliced(key, 1) }),
    operations: dropEmptyContexts(operations),
  };
}

function closeNode(plan: Plan, node: number, { target, kinds }: ResolvedLanguage): Plan | null {
  const nodes = target.facts(plan.settings).nodes - 1;
  const settings = target.withNodes(plan.settings, nodes);
  return (
    settings && {
      ...plan,
      settings,
      operations: plan.operations.map((operation) => ({
        ...operation,
        node: closeGap(operation.node, node),
      })),
      faults: plan.faults.flatMap((planned): PlannedFault[] => {
        const fault = kindOf(kinds, planned.fault).withoutNode(planned.fault, node, nodes);
        return fault === null ? [] : [withoutTrigger({ ...planned, fault }, node)];
      }),
    }
  );
}

/** What waited for an event inside the node that is gone comes at its time. */
function withoutTrigger({ when, ...planned }: PlannedFault, node: number): PlannedFault {
  return when === undefined || when.node === node
    ? planned
    : { ...planned, when: { ...when, node: closeGap(when.node, node) } };
}
