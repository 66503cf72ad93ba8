/** What of a plan a cluster can carry out. Plans drawn for it hold nothing else; one that was loaded may come from elsewhere. */
import { nodesOf, type Plan, type PlannedFault } from "../../generators/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import { EnvironmentError } from "../errors.ts";

/** Why this cluster cannot carry the fault out, a sentence's end; null: it can. */
function whyNot({ fault, when }: PlannedFault, cluster: Cluster): string | null {
  if (when !== undefined && cluster.watch === undefined)
    return "it waits for a moment inside a node, and only the simulator can act between two frames";
  return cluster.cannot.get(fault.kind) ?? null;
}

/** Throws EnvironmentError for the first fault that cannot be made here: a history without it would be another plan's. */
export function refuseImpossible(plan: Plan, cluster: Cluster): void {
  for (const [index, planned] of plan.faults.entries()) {
    const why = whyNot(planned, cluster);
    if (why === null) continue;
    throw new EnvironmentError({
      code: "fault-impossible",
      expected: `a plan whose faults can all be made on ${cluster.kind}`,
      got: `fault ${index}, ${planned.fault.kind} of ${nodesOf(planned.fault).join(", ")}: ${why}`,
      hint: `Take it out of the plan, or use --on ${cluster.kind === "sim" ? "docker" : "sim"}.`,
    });
  }
}

/** The plan without the faults that this cluster cannot carry out. */
export function possiblePart(plan: Plan, cluster: Cluster): Plan {
  return { ...plan, faults: plan.faults.filter((planned) => whyNot(planned, cluster) === null) };
}
