/** The data of a history that the page draws. It is computed once and used by the sections that show the history. */
import type { Anomaly } from "../checkers/index.ts";
import type { Exhibit } from "./campaign.ts";
import { heldByKey, type Replicas, valuesOfVersions } from "./trace/replicas.ts";
import { anomaliesOf, type BuiltTrace, buildTrace } from "./trace/trace.ts";
import { type Witness, witnessOf } from "./trace/witness.ts";

export interface ExhibitView extends BuiltTrace {
  readonly exhibit: Exhibit;
  /** The history's position in the report. Links to its operations begin with `#e0-`, `#e1-`, and so on. */
  readonly place: number;
  readonly held: ReadonlyMap<string, Replicas>;
  /** The value that a client wrote, for each version. */
  readonly values: ReadonlyMap<string, string>;
  /** The history's anomalies. Anomalies that break a promise come first. */
  readonly anomalies: ReturnType<typeof anomaliesOf>;
  witness(anomaly: Anomaly): Witness | undefined;
}

export function viewOf(exhibit: Exhibit, place: number): ExhibitView {
  const built = buildTrace(exhibit);
  const held = heldByKey(exhibit.events, built.originUs);
  return {
    ...built,
    exhibit,
    place,
    held,
    values: valuesOfVersions(exhibit.events),
    anomalies: anomaliesOf(exhibit),
    witness: (anomaly) => witnessOf(exhibit, built.trace, held, anomaly, built.originUs),
  };
}

/**
 * The number of anomalies that the checkers found in the history, of promised or of other guarantees. The verdict keeps
 * fewer of them if there are many.
 */
export function anomaliesFound({ verdict }: Pick<Exhibit, "verdict">, promised: boolean): number {
  return Object.values(verdict.guarantees)
    .filter((guarantee) => guarantee.promised === promised)
    .reduce((sum, { anomalies, measurements }) => {
      const total = measurements?.["anomaliesTotal"];
      return sum + (typeof total === "number" ? total : anomalies.length);
    }, 0);
}

/** The operations that anomalies of broken promises name. */
export const namedOperations = ({ anomalies }: ExhibitView): ReadonlySet<number> =>
  new Set(anomalies.flatMap(({ anomaly, promised }) => (promised ? anomaly.operations : [])));
