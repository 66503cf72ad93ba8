/** Plans of scenarios whose time is real: when each operation begins is said in milliseconds since the start. */
import type { GuaranteeName } from "../../checkers/index.ts";
import type { Fault, Plan, PlannedFault, PlannedOperation } from "../../generators/index.ts";
import type { Target } from "../targets/target.ts";

export interface TimedOperation extends Pick<
  PlannedOperation,
  "client" | "node" | "f" | "args" | "levels" | "carry"
> {
  /** It begins later where its client's last one takes longer. */
  readonly atMs: number;
  /** Default: the first. */
  readonly key?: number;
}

export interface TimedPlan {
  readonly workload: string;
  /** What differs from the target's defaults. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly operations: readonly TimedOperation[];
  readonly faults?: readonly PlannedFault[];
  /** A guarantee that is judged although the settings do not promise it. */
  readonly claimed: GuaranteeName;
}

/** No node restarts in the final phase. */
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

/** The node reaches no other, and no other reaches it. */
export const isolated = (node: number): Fault => ({
  kind: "partition",
  partition: { shape: "isolate", node },
});
