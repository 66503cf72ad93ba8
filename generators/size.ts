import type { Plan } from "./plan.ts";
import type { PlanTarget } from "./target.ts";

/** The size of a plan, as reports show it. */
export interface PlanSize {
  readonly operations: number;
  readonly faults: number;
  readonly clients: number;
  readonly keys: number;
  readonly nodes: number;
}

/**
 * Counts the parts of a plan.
 *
 * @param plan A plan of the target.
 * @param target Gives the number of nodes for the plan's settings.
 */
export function planSize(plan: Plan, target: PlanTarget): PlanSize {
  return {
    operations: plan.operations.length,
    faults: plan.faults.length,
    clients: plan.clients,
    keys: plan.keys,
    nodes: target.facts(plan.settings).nodes,
  };
}
