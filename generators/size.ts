import type { Plan } from "./plan.ts";
import type { PlanTarget } from "./target.ts";

/** How big a plan is, as people see it. */
export interface PlanSize {
  readonly operations: number;
  readonly faults: number;
  readonly clients: number;
  readonly keys: number;
  readonly nodes: number;
}

export function planSize(plan: Plan, target: PlanTarget): PlanSize {
  return {
    operations: plan.operations.length,
    faults: plan.faults.length,
    clients: plan.clients,
    keys: plan.keys,
    nodes: target.facts(plan.settings).nodes,
  };
}
