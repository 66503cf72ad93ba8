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
 * @throws UsageError if the file does not build or load, plants nothing, or `expected` is malformed.
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
        "names of guarantees in the field breaks of what the bug's file exports as expected",
      got: JSON.stringify(stranger),
      hint: `The nearest name: ${nearest(stranger, guaranteeNames)}`,
    });
  parseSettings(settings);
  faultKinds(faults.length === 0 ? "none" : faults.join(","), builtInKinds);
  ownRows.set(file, { breaks, settings, faults, story: "a bug in a file", source: file });
}

/**
 * Returns the bug's row for plans much as `run --bug` draws them: of the settings only the kind of versions, and all
 * kinds of fault, also those with `namedOnly`.
 */
export function plainRow(row: PlantedBug): PlantedBug {
  const { versions } = parseSettings(row.settings);
  const { sizes: _, ...rest } = row;
  return {
    ...rest,
    settings: versions === "siblings" ? { versions } : {},
    faults: [...builtInKinds.faults.keys()],
  };
}

/**
 * Returns the row of a planted bug in the table of bugs, or of a bug file that `readOwnBug` has read. Throws UsageError
 * for an unknown name.
 */
export function rowOf(bug: string): PlantedBug {
  const row = Object.hasOwn(bugs, bug) ? bugs[bug] : ownRows.get(bug);
  if (row !== undefined) return row;
  throw new UsageError({
    code: "unknown-bug",
    expected: "names of planted bugs",
    got: JSON.stringify(bug),
    hint: `The nearest names: ${nearest(bug, Object.keys(bugs))}; docs/planted-bugs.md lists all planted bugs. For a bug of your own, name its file, such as ./my-bug.ts`,
  });
}

/**
 * Returns the options for the plans of a hunt. Each plan draws the settings that the row leaves open. Plans use those
 * of the row's kinds of fault that the cluster can make. If the cluster can make none of them, plans use all, and the
 * first history says why nothing can run.
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

/**
 * Returns the bug's row for this hunt. With `plain`, settings and faults are those of a plain campaign, and the row has
 * no sizes. Without evidence, `breaks` lists the guarantees that show the bug without evidence.
 */
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

/**
 * Returns the names of the built-in bugs that a hunt can find. Without evidence, these are the bugs that clients and
 * inspection can show.
 */
export function huntable(evidence: boolean): string[] {
  return Object.keys(bugs).filter((bug) => evidence || unseenBecause(bug) === null);
}

/** Returns why clients and inspection cannot show the bug. Returns null if they can. */
export function unseenBecause(bug: string): string | null {
  const { breaks, withoutEvidence } = rowOf(bug);
  if (typeof withoutEvidence === "string") return withoutEvidence;
  return (withoutEvidence ?? breaks).every((name) => needsEvidence.has(name))
    ? `${breaks.join(", ")} ${breaks.length === 1 ? "needs" : "need"} the Host's evidence`
    : null;
}
