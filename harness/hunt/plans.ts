/** What a hunt runs: the generic campaign, under the settings and kinds of fault of a planted bug's row, and nothing else of it. */
import type { GuaranteeName } from "../../checkers/index.ts";
import { builtInKinds, type PlanOptions } from "../../generators/index.ts";
import { parseSettings } from "../targets/bundled/store.ts";
import { bugs, bundledPlans, type PlantedBug } from "../targets/bundled/index.ts";
import { swarmable } from "../campaign/index.ts";
import { faultKinds } from "../cli/plan-values.ts";
import type { Cluster } from "../platforms/cluster.ts";
import { cannotMake } from "../run/index.ts";
import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";

/** The row of a planted bug. Throws UsageError for a name that the registry does not have. */
export function rowOf(bug: string): PlantedBug {
  const row = Object.hasOwn(bugs, bug) ? bugs[bug] : undefined;
  if (row !== undefined) return row;
  throw new UsageError({
    code: "unknown-bug",
    expected: "names of planted bugs",
    got: JSON.stringify(bug),
    hint: `The nearest: ${nearest(bug, Object.keys(bugs))}; docs/planted-bugs.md has them all. A bug of your own runs with quorate run --bug FILE.ts`,
  });
}

/**
 * What the row leaves open each plan draws for itself, as in any campaign. Of the row's kinds of fault, those that the cluster can make; if it can
 * make none, all: the first history then says why nothing can run.
 */
export function huntPlans(row: PlantedBug, cluster: Cluster): PlanOptions {
  const named = faultKinds(row.faults.length === 0 ? "none" : row.faults.join(","), builtInKinds);
  const possible = named.filter((fault) => cannotMake(fault, cluster, builtInKinds) === null);
  const settings = parseSettings(row.settings);
  return {
    target: bundledPlans,
    settings,
    workload: settings.versions === "siblings" ? "siblings" : "register",
    swarmSettings: swarmable.filter((name) => !Object.hasOwn(row.settings, name)),
    faults: possible.length === 0 ? named : possible,
    claimed: [],
    quick: !cluster.virtualTime,
  };
}

/** The bugs that clients and inspection can show: all that is left where the Host's evidence is not looked at. */
export function huntable(evidence: boolean): string[] {
  return Object.keys(bugs).filter((bug) => evidence || rowOf(bug).breaks.some(isSeenByClients));
}

const isSeenByClients = (name: GuaranteeName): boolean =>
  /^(durable|regular|regular-stamped|converged|siblings-[1-57])$/.test(name);
