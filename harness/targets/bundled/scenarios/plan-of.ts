/** Builds plans of scenarios from the few values that decide them. */
import type { Plan, PlannedFault, PlannedOperation } from "../../../../generators/index.ts";
import { parseSettings, type StoreSettings } from "../../../../store/index.ts";
import { bundledPlans } from "../plans/index.ts";

export interface PlanParts {
  readonly settings: Partial<StoreSettings>;
  readonly clients: number;
  readonly keys?: number;
  readonly operations: readonly PlannedOperation[];
  readonly faults: readonly PlannedFault[];
}

/**
 * Returns settings with three replicas, majorities, and no repair, changed by `changes`. Unless `changes` sets other
 * times, dead links are given up within 1.5 s.
 */
export function settingsOf(changes: Partial<StoreSettings>): StoreSettings {
  return parseSettings({
    nodes: 3,
    n: 3,
    r: 2,
    w: 2,
    readRepair: "off",
    antiEntropy: false,
    pingIntervalMs: 200,
    silenceMs: 1000,
    reconnectCapMs: 500,
    ...changes,
  });
}

export function planOf({ settings, clients, keys = 1, operations, faults }: PlanParts): Plan {
  return {
    format: "quorate-plan/2",
    target: { name: bundledPlans.name, version: bundledPlans.version },
    workload: settingsOf(settings).versions === "siblings" ? "siblings" : "register",
    worldSeed: 0,
    settings: settingsOf(settings),
    clients,
    keys,
    operations,
    faults,
    claimed: [],
  };
}
