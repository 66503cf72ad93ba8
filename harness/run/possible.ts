/**
 * Which faults of a plan a cluster can carry out. Plans drawn for the cluster contain only these, but a loaded plan may
 * come from elsewhere.
 */
import {
  type Kinds,
  kindOf,
  nodeName,
  nodeNamer,
  type Plan,
  type PlannedFault,
} from "../../generators/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import { EnvironmentError } from "../errors.ts";
import { portOf, wantsOf } from "./condition.ts";

/** Returns why this cluster cannot make the kind's example fault, as the end of a sentence. Returns null if it can. */
export function cannotMake(kind: string, cluster: Cluster, kinds: Kinds): string | null {
  const { example } = kindOf(kinds, { kind });
  return whyNot({ atMs: 0, durationMs: 1, fault: example }, cluster, kinds);
}

/** Returns why this cluster cannot carry out the fault, as the end of a sentence. Returns null if it can. */
function whyNot(planned: PlannedFault, cluster: Cluster, kinds: Kinds): string | null {
  if (planned.when !== undefined && cluster.watch === undefined)
    return cluster.target.messages === undefined
      ? "the fault waits for an event inside a node, and only the simulator can act between two frames"
      : "the fault waits for an event inside a node, but the harness sees only messages (a fault of the kind message aims at one of these)";
  // A cluster that has not started has no nodes, so the fault's wants are those for two nodes, which have links.
  const nodes = Math.max(2, cluster.nodes.length);
  const wants = wantsOf({ kinds, nodes, nameOf: nodeName }, planned);
  return wants.flatMap(({ port, value }) => portOf(cluster, port).cannot?.(value) ?? [])[0] ?? null;
}

/**
 * Throws EnvironmentError for the first fault of the plan that this cluster cannot carry out. The fault is not left
 * out, since the history would then belong to another plan.
 */
export function refuseImpossible(plan: Plan, cluster: Cluster, kinds: Kinds): void {
  for (const [index, planned] of plan.faults.entries()) {
    const why = whyNot(planned, cluster, kinds);
    if (why === null) continue;
    const nodes = kindOf(kinds, planned.fault).nodesOf(planned.fault);
    throw new EnvironmentError({
      code: "fault-impossible",
      expected: `a plan whose faults can all be made on ${cluster.platform}`,
      got: `fault ${index}, ${planned.fault.kind} of ${nodes.map(nodeNamer(cluster.target.facts(plan.settings))).join(", ")}: ${why}`,
      hint: `Take the fault out of the plan, or run the plan on another platform, with --on.`,
    });
  }
}

/** Returns the plan without the faults that this cluster cannot carry out. */
export function possiblePart(plan: Plan, cluster: Cluster, kinds: Kinds): Plan {
  return {
    ...plan,
    faults: plan.faults.filter((planned) => whyNot(planned, cluster, kinds) === null),
  };
}
