/** Combines what the active faults want of each port. Faults may overlap, so no fault undoes anything by itself. */
import {
  type Kinds,
  kindOf,
  type NodeNamer,
  type PlannedFault,
  type PortName,
  ports,
  type Want,
} from "../../generators/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import type { PlatformPort, Step } from "../platforms/fault-port.ts";

type Wanted = ReadonlyMap<string, unknown>;

const nothing: Wanted = new Map();

/** The cluster that faults affect. */
export interface Affected {
  readonly kinds: Kinds;
  /** The number of nodes, including those that may join. */
  readonly nodes: number;
  readonly nameOf: NodeNamer;
}

/** Returns what the fault wants of the ports `elapsedMs` after it began. */
export const wantsOf = (
  { kinds, nodes, nameOf }: Affected,
  { fault }: PlannedFault,
  elapsedMs = 0,
): readonly Want[] => kindOf(kinds, fault).wants(fault, { nodes, elapsedMs, nameOf });

/** Returns the cluster's port of that name. The cast is safe, since each want was made for the port that it names. */
export const portOf = (cluster: Cluster, name: string): PlatformPort<unknown> =>
  cluster.ports[name as PortName];

/**
 * Returns a function that takes the start times of the active faults by index. It returns the steps that bring each
 * port with a lasting state from its last state to what the active faults want now.
 */
export function createCondition(
  cluster: Cluster,
  affected: Affected,
  faults: readonly PlannedFault[],
): (active: ReadonlyMap<number, number>) => Step[] {
  const holding = ports.filter(({ stage }) => stage !== "dead-disk");
  const before = new Map<string, Wanted>();
  return (active) => {
    const nowUs = cluster.clock.nowUs();
    const wants = [...active]
      .sort(([a], [b]) => a - b)
      .flatMap(([index, sinceUs]) => {
        const planned = faults[index];
        const elapsedMs = Math.floor((nowUs - sinceUs) / 1000);
        return planned ? wantsOf(affected, planned, elapsedMs) : [];
      });
    return holding.flatMap(({ name, merge }): Step[] => {
      const wanted = union(
        wants.filter((want) => want.port === name),
        merge,
      );
      const last = before.get(name) ?? nothing;
      if (isSame(wanted, last)) return [];
      before.set(name, wanted);
      return [(done) => portOf(cluster, name).set(wanted, last, done)];
    });
  };
}

/** Returns the wanted value of each subject, sorted by subject. Several wants for one subject are merged. */
function union(wants: readonly Want[], merge: (a: unknown, b: unknown) => unknown): Wanted {
  const values = new Map<string, unknown>();
  for (const { subject, value } of wants)
    values.set(subject, values.has(subject) ? merge(values.get(subject), value) : value);
  return new Map([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const isSame = (a: Wanted, b: Wanted): boolean =>
  a === b || (a.size === b.size && JSON.stringify([...a]) === JSON.stringify([...b]));
