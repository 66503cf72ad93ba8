/** The plans of a hunt: those of an ordinary campaign under the settings and kinds of fault of the bug's row. */
import { pathToFileURL } from "node:url";
import { guaranteeNames, isGuaranteeName } from "../../checkers/index.ts";
import { builtInKinds, type PlanOptions } from "../../generators/index.ts";
import { parseSettings } from "../targets/bundled/store.ts";
import { bugs, bundledPlans, type PlantedBug } from "../targets/bundled/index.ts";
import { swarmable } from "../campaign/index.ts";
import { faultKinds } from "../cli/plan-values.ts";
import type { Cluster } from "../platforms/cluster.ts";
import { cannotMake, needsEvidence } from "../run/index.ts";
import { bundleBug } from "../bug-bundle.ts";
import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";

/** The rows of the user's bug files, by path. */
const ownRows = new Map<string, PlantedBug>();

/**
 * Registers a bug file for `rowOf`. The file may export `expected` with `breaks`, `settings` and `faults`. Defaults:
 * any guarantee, the default settings, all kinds of fault.
 *
 * @throws UsageError if the file plants nothing, or `expected` is malformed.
 */
export async function readOwnBug(file: string): Promise<void> {
  const { expected = {} } = (await import(pathToFileURL(await bundleBug(file)).href)) as {
    readonly expected?: Partial<PlantedBug>;
  };
  const {
    breaks = guaranteeNames,
    settings = {},
    faults = [...builtInKinds.faults.keys()],
  } = expected;
  const names = [breaks].flat() as readonly unknown[];
  const stranger = names.map(String).find((name) => !isGuaranteeName(name));
  if (stranger !== undefined)
    throw new UsageError({
      code: "bad-expected",
      expected:
        "breaks: an array of names of guarantees, in what the bug's file exports as expected",
      got: JSON.stringify(stranger),
      hint: `The nearest name: ${nearest(stranger, guaranteeNames)}`,
    });
  parseSettings(settings);
  faultKinds(faults.length === 0 ? "none" : faults.join(","), builtInKinds);
  ownRows.set(file, { breaks, settings, faults, story: "a bug in a file", source: file });
}

/** The row for plans as `run --bug` draws them: only its kind of versions as a setting, and all faults. */
export function plainRow(row: PlantedBug): PlantedBug {
  const { versions } = parseSettings(row.settings);
  const { sizes: _, ...rest } = row;
  return {
    ...rest,
    settings: versions === "siblings" ? { versions } : {},
    faults: [...builtInKinds.faults.keys()],
  };
}

/** The row of a planted bug. Throws UsageError for an unknown name. */
export function rowOf(bug: string): PlantedBug {
  const row = Object.hasOwn(bugs, bug) ? bugs[bug] : ownRows.get(bug);
  if (row !== undefined) return row;
  throw new UsageError({
    code: "unknown-bug",
    expected: "names of planted bugs",
    got: JSON.stringify(bug),
    hint: `The nearest: ${nearest(bug, Object.keys(bugs))}; docs/planted-bugs.md has them all. A bug of your own: its path, such as ./my-bug.ts`,
  });
}

/**
 * The plans of a hunt. Each plan draws the settings that the row leaves open. Uses the row's kinds of fault that the
 * cluster can make. If it can make none, uses all of the row's, and the first history says why nothing can run.
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
    ...row.sizes,
  };
}

/** The row that the hunt uses. Without evidence, other guarantees may show the bug. */
export function huntedRow(
  bug: string,
  { plain, evidence }: { readonly plain?: boolean; readonly evidence: boolean },
): PlantedBug {
  const named = rowOf(bug);
  const row = plain === true ? plainRow(named) : named;
  const { withoutEvidence } = row;
  return evidence || withoutEvidence === undefined || typeof withoutEvidence === "string"
    ? row
    : { ...row, breaks: withoutEvidence };
}

/** The bugs that can be found. Without evidence: those that clients and inspection can show. */
export function huntable(evidence: boolean): string[] {
  return Object.keys(bugs).filter((bug) => evidence || unseenBecause(bug) === null);
}

/** Why clients and inspection cannot show the bug. Null: they can. */
export function unseenBecause(bug: string): string | null {
  const { breaks, withoutEvidence } = rowOf(bug);
  if (typeof withoutEvidence === "string") return withoutEvidence;
  return (withoutEvidence ?? breaks).every((name) => needsEvidence.has(name))
    ? `${breaks.join(", ")} ${breaks.length === 1 ? "needs" : "need"} the Host's evidence`
    : null;
}
