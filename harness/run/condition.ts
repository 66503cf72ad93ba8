/** Combines what the active faults want of each port. Faults may overlap, so no fault undoes anything by itself. */
import {
  type Kinds,
  kindOf,
  type PlannedFault,
  type PortName,
  ports,
  type Want,
} from "../../generators/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import type { PlatformPort, Step } from "../platforms/fault-port.ts";

type Wanted = ReadonlyMap<string, unknown>;

const nothing: Wanted = new Map();

/** What the fault wants of the ports, `elapsedMs` after its begin. */
export const wantsOf = (
  kinds: Kinds,
  { fault }: PlannedFault,
  nodes: number,
  elapsedMs = 0,
): readonly Want[] => kindOf(kinds, fault).wants(fault, { nodes, elapsedMs });

/** The cluster's port of that name. The cast is safe, since only a port creates wants of its type. */
export const portOf = (cluster: Cluster, name: string): PlatformPort<unknown> =>
  cluster.ports[name as PortName];

/**
 * For ports with a lasting state: the steps from the last state to what the active faults (with their start times) want
 * now.
 */
export function createCondition(
  cluster: Cluster,
  kinds: Kinds,
  faults: readonly PlannedFault[],
  nodes: number,
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
        return planned ? wantsOf(kinds, planned, nodes, elapsedMs) : [];
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

/** One want for each subject, sorted. Wants for the same subject are merged. */
function union(wants: readonly Want[], merge: (a: unknown, b: unknown) => unknown): Wanted {
  const values = new Map<string, unknown>();
  for (const { subject, value } of wants)
    values.set(subject, values.has(subject) ? merge(values.get(subject), value) : value);
  return new Map([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const isSame = (a: Wanted, b: Wanted): boolean =>
  a === b || (a.size === b.size && JSON.stringify([...a]) === JSON.stringify([...b]));
