/** What "smaller" means. Every shrink candidate is strictly smaller than its plan, so shrinking ends. */
import { type Kinds, kindOf, workloadOf } from "../kinds.ts";
import type { ResolvedLanguage } from "../options.ts";
import type { Plan, PlannedOperation } from "../plan.ts";
import type { PlanTarget } from "../target.ts";

/** Where the setting's value stands among its values from the simplest on. One that is not listed ranks behind. */
export function rankOf(plan: Plan, setting: string, { simplest }: PlanTarget): number {
  const values = simplest[setting] ?? [];
  const rank = values.indexOf(plan.settings[setting] ?? null);
  return rank < 0 ? values.length : rank;
}

/**
 * Compared from the left: operations, faults, nodes, keys, clients, parts of operations, their own levels and contexts,
 * parts of faults (nodes, links, directions), triggers that they wait for, ranks of settings, names of keys, a
 * restart in the final phase, all times added up. The world's seed does not count.
 */
export function measure(plan: Plan, { target, kinds }: ResolvedLanguage): number[] {
  const sum = <T>(items: readonly T[], of: (item: T) => number) =>
    items.reduce((total, item) => total + of(item), 0);
  return [
    plan.operations.length,
    plan.faults.length,
    target.facts(plan.settings).nodes,
    plan.keys,
    plan.clients,
    sum(plan.operations, (operation) => partsOf(plan, operation, kinds)),
    sum(
      plan.operations,
      (operation) =>
        Number(operation.carry !== undefined) + Object.keys(operation.levels ?? {}).length,
    ),
    sum(plan.faults, ({ fault }) => kindOf(kinds, fault).partsOf(fault)),
    sum(plan.faults, ({ when }) => when?.count ?? 0),
    sum(Object.keys(target.simplest), (setting) => rankOf(plan, setting, target)),
    Number(plan.keyNames !== undefined),
    Number(plan.restart !== false),
    sum(plan.operations, (operation) => operation.afterMs) +
      sum(plan.faults, (fault) => fault.atMs + fault.durationMs),
  ];
}

/** How many parts of the operation shrinking may take away. */
export const partsOf = (
  { workload }: Pick<Plan, "workload">,
  operation: PlannedOperation,
  kinds: Kinds,
): number => workloadOf(kinds, workload).operations[operation.f]?.partsOf?.(operation) ?? 0;

export function isSmaller(a: Plan, b: Plan, language: ResolvedLanguage): boolean {
  const of = measure(b, language);
  for (const [index, size] of measure(a, language).entries()) {
    const other = of[index] ?? 0;
    if (size !== other) return size < other;
  }
  return false;
}
