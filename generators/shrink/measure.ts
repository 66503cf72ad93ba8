/** Defines "smaller". Every candidate is strictly smaller than its plan, so shrinking ends. */
import { type Kinds, kindOf, workloadOf } from "../kinds.ts";
import type { ResolvedLanguage } from "../options.ts";
import type { Plan, PlannedOperation } from "../plan.ts";
import type { PlanTarget } from "../target.ts";

/**
 * The position of the setting's value in the target's list of values, which begins with the simplest. A value that the
 * list lacks comes last.
 */
export function rankOf(plan: Plan, setting: string, { simplest }: PlanTarget): number {
  const values = simplest[setting] ?? [];
  const rank = values.indexOf(plan.settings[setting] ?? null);
  return rank < 0 ? values.length : rank;
}

/**
 * Measures the size of a plan as a list of numbers that are compared from the left: operations, faults, nodes, keys,
 * clients, parts of operations, own levels and contexts, parts of faults (nodes, links, directions), triggers, ranks of
 * settings, names of keys, a restart in the final phase, and the sum of all times. The world's seed does not count.
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

/** The number of parts of the operation that shrinking may remove. */
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
