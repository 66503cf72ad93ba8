/** Builds plans for scenarios from start times in milliseconds. */
import type { GuaranteeName } from "../../checkers/index.ts";
import type { Fault, Plan, PlannedFault, PlannedOperation } from "../../generators/index.ts";
import type { Target } from "../targets/target.ts";

export interface TimedOperation extends Pick<
  PlannedOperation,
  "client" | "node" | "f" | "args" | "levels" | "carry"
> {
  /**
   * The time at which the operation starts, in ms. It starts later by the time that its client's earlier operations
   * take.
   */
  readonly atMs: number;
  /** The key's index. Default: 0. */
  readonly key?: number;
}

export interface TimedPlan {
  readonly workload: string;
  /** Settings that differ from the target's defaults. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly operations: readonly TimedOperation[];
  readonly faults?: readonly PlannedFault[];
  /** A guarantee to judge although the settings do not promise it. */
  readonly claimed: GuaranteeName;
}

/** Makes a plan whose final phase restarts no node. */
export function timedPlan(
  target: Pick<Target, "name" | "version" | "parseSettings">,
  { workload, settings, operations, faults = [], claimed }: TimedPlan,
): Plan {
  const lastMs = new Map<number, number>();
  const planned = operations.map(({ atMs, key = 0, ...operation }): PlannedOperation => {
    const afterMs = atMs - (lastMs.get(operation.client) ?? 0);
    lastMs.set(operation.client, atMs);
    return { ...operation, key, afterMs };
  });
  return {
    format: "quorate-plan/2",
    target: { name: target.name, version: target.version },
    workload,
    worldSeed: 0,
    settings: target.parseSettings(settings),
    clients: Math.max(...planned.map(({ client }) => client)) + 1,
    keys: Math.max(...planned.map(({ key }) => key)) + 1,
    operations: planned,
    faults,
    claimed: [claimed],
    restart: false,
  };
}

/** Makes a fault that cuts the node off from all others in both directions. */
export const isolated = (node: number): Fault => ({
  kind: "partition",
  partition: { shape: "isolate", node },
});
