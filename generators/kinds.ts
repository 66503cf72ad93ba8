/** The kinds of fault and the workloads that plans may use: the built-in ones, and those that a configuration adds. */
import type { FaultKind } from "./faults/fault-kind.ts";
import { builtInFaults } from "./faults/registry.ts";
import type { Fault } from "./plan.ts";
import { builtInWorkloads } from "./workloads/registry.ts";
import type { Workload } from "./workloads/workload.ts";

export interface Kinds {
  readonly faults: ReadonlyMap<string, FaultKind>;
  readonly workloads: ReadonlyMap<string, Workload>;
}

/** The built-in kinds and workloads and these. Throws RangeError for a name that is taken. */
export function kindsWith(
  faults: readonly FaultKind[],
  workloads: readonly Workload[] = [],
): Kinds {
  return {
    faults: byName([...builtInFaults, ...faults], ({ kind }) => kind),
    workloads: byName([...builtInWorkloads, ...workloads], ({ name }) => name),
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

export const builtInKinds: Kinds = kindsWith([]);

/** The names of the built-in kinds of fault, in the order in which plans draw them. */
export const faultKinds: readonly string[] = builtInFaults.map(({ kind }) => kind);

/** The fault's kind. Throws RangeError for one that is not there: parsePlan lets none through. */
export function kindOf(kinds: Kinds, { kind }: Fault): FaultKind {
  const found = kinds.faults.get(kind);
  if (found !== undefined) return found;
  throw new RangeError(
    `faults: expected one of ${[...kinds.faults.keys()].join(", ")}, got ${kind}; add its kind`,
  );
}

/** The workload of that name. Throws RangeError for one that is not there. */
export function workloadOf(kinds: Kinds, name: string): Workload {
  const found = kinds.workloads.get(name);
  if (found !== undefined) return found;
  throw new RangeError(
    `workloads: expected one of ${[...kinds.workloads.keys()].join(", ")}, got ${name}; add it`,
  );
}
