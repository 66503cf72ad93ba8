/** Pure functions that remove parts of a plan. Some of them return null if the part cannot be removed. */
import { closeGap } from "../faults/nodes.ts";
import { type Kinds, kindOf } from "../kinds.ts";
import type { ResolvedLanguage } from "../options.ts";
import type { Plan, PlannedFault, PlannedOperation } from "../plan.ts";

/**
 * Removes `count` operations, beginning with operation number `from`. The other operations keep about their times,
 * since the waits of removed operations are added to later waits of the same client.
 */
export function dropOperations(plan: Plan, from: number, count: number): Plan {
  return keepOperations(plan, (_, index) => index < from || index >= from + count);
}

export function dropFaults(plan: Plan, from: number, count: number): Plan {
  return { ...plan, faults: plan.faults.toSpliced(from, count) };
}

/**
 * Removes a client and its operations. The indices of later clients decrease by one. Returns null for the only client.
 */
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

/** Returns the faults of a plan from which the client was removed. The indices of later clients decrease by one. */
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

/** Removes a key and its operations. The indices of later keys decrease by one. Returns null for the only key. */
export function dropKey(plan: Plan, key: number): Plan | null {
  if (plan.keys === 1) return null;
  return closeKey(
    keepOperations(plan, (operation) => operation.key !== key),
    key,
  );
}

/**
 * Redirects the operations on key `key` to key `into`, and removes `key`. The indices of later keys decrease by one.
 */
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
 * Removes a node with the operations that go to it, and removes the node from faults. The indices of later nodes
 * decrease by one. Returns null if the target cannot have fewer nodes.
 */
export function dropNode(plan: Plan, node: number, language: ResolvedLanguage): Plan | null {
  return closeNode(
    keepOperations(plan, (operation) => operation.node !== node),
    node,
    language,
  );
}

/**
 * Removes a node and redirects its operations to node `instead`. Returns null if both are the same node, or if the
 * target cannot have fewer nodes.
 */
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

/**
 * Removes `carry` from operations of clients that have not used the key before, since they have no context to carry.
 */
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

/**
 * Removes the trigger of a fault that waits for an event in node `node`, which was removed. The fault then begins at
 * `atMs`. Other triggers keep their node under its new index.
 */
function withoutTrigger({ when, ...planned }: PlannedFault, node: number): PlannedFault {
  return when === undefined || when.node === node
    ? planned
    : { ...planned, when: { ...when, node: closeGap(when.node, node) } };
}
