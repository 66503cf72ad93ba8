/** The known kinds of fault and workloads, with the kinds, workloads and checkers that a configuration adds. */
import type { Checker } from "../checkers/index.ts";
import type { FaultKind } from "./faults/fault-kind.ts";
import { builtInFaults } from "./faults/registry.ts";
import type { Fault } from "./plan.ts";
import { builtInWorkloads } from "./workloads/registry.ts";
import type { Workload } from "./workloads/workload.ts";

/** Kinds of fault and workloads by name, and the checkers that were added to the built-in ones. */
export interface Kinds {
  readonly faults: ReadonlyMap<string, FaultKind>;
  readonly workloads: ReadonlyMap<string, Workload>;
  /**
   * Checkers besides the built-in ones. Every run with these kinds claims their guarantees, so a violation makes its
   * verdict invalid.
   */
  readonly checkers: readonly Checker[];
}

/**
 * Adds your own kinds of fault, workloads and checkers to the built-in ones. Plans and runs take the result as `kinds`.
 * A configuration file lists them as `faultKinds`, `workloads` and `checkers` instead.
 *
 * @param faults Your own kinds of fault.
 * @param workloads Your own workloads. A target runs those that its `workloads` lists, and those that can be built from
 *   its registers.
 * @param checkers Your own checkers. Every run with these kinds claims their guarantees, so a violation makes its
 *   verdict invalid.
 * @throws RangeError if two kinds of fault or two workloads have the same name.
 * @example
 * const unplug = commandFault(
 *   { kind: "unplug", begin: "./unplug.sh on", end: "./unplug.sh off", effects: ["clients-apart"] },
 *   import.meta.dirname,
 * );
 * const kinds = kindsWith([unplug], [], [noSlowRead]);
 * const plans = planArbitrary({
 *   target,
 *   kinds,
 *   settings: target.defaults,
 *   faults: ["unplug"],
 *   workload: "register",
 *   claimed: [],
 * });
 * // In each run: await attempt(plan, cluster, { evidence: true, kinds });
 */
export function kindsWith(
  faults: readonly FaultKind[],
  workloads: readonly Workload[] = [],
  checkers: readonly Checker[] = [],
): Kinds {
  return {
    faults: byName([...builtInFaults, ...faults], ({ kind }) => kind),
    workloads: byName([...builtInWorkloads, ...workloads], ({ name }) => name),
    checkers,
  };
}

function byName<T>(items: readonly T[], nameOf: (item: T) => string): ReadonlyMap<string, T> {
  const named = new Map<string, T>();
  for (const item of items) {
    const name = nameOf(item);
    if (named.has(name)) throw new RangeError(`kinds: expected each name once, got ${name} twice`);
    named.set(name, item);
  }
  return named;
}

/** The built-in kinds of fault and workloads. */
export const builtInKinds: Kinds = kindsWith([]);

/** The names of the built-in kinds of fault, except those with `namedOnly`. */
export const faultKinds: readonly string[] = usualKinds(builtInKinds);

/** The kinds of fault that `all` stands for: all except those with `namedOnly`. */
export function usualKinds({ faults }: Kinds): readonly string[] {
  return [...faults.values()].filter(({ namedOnly }) => namedOnly !== true).map(({ kind }) => kind);
}

/**
 * Returns the kind of a fault. Throws RangeError if the kind is unknown. `parsePlan` refuses plans with unknown kinds.
 */
export function kindOf(kinds: Kinds, { kind }: Fault): FaultKind {
  const found = kinds.faults.get(kind);
  if (found !== undefined) return found;
  throw new RangeError(
    `faults: expected one of ${[...kinds.faults.keys()].join(", ")}, got ${kind}; correct the name, or add a kind of that name`,
  );
}

/** Returns the workload of that name. Throws RangeError if the name is unknown. */
export function workloadOf(kinds: Kinds, name: string): Workload {
  const found = kinds.workloads.get(name);
  if (found !== undefined) return found;
  throw new RangeError(
    `workloads: expected one of ${[...kinds.workloads.keys()].join(", ")}, got ${name}; correct the name, or add a workload of that name`,
  );
}
