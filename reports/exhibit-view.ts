/** One history boiled down to what the page draws of it; made once, used by every section. */
import type { Anomaly } from "../checkers/index.ts";
import type { Exhibit } from "./campaign.ts";
import { heldByKey, type Replicas, valuesOfVersions } from "./trace/replicas.ts";
import { anomaliesOf, type BuiltTrace, buildTrace } from "./trace/trace.ts";
import { type Witness, witnessOf } from "./trace/witness.ts";

export interface ExhibitView extends BuiltTrace {
  readonly exhibit: Exhibit;
  /** Its index in the report: links to its operations begin with `#e0-`, `#e1-`, … */
  readonly place: number;
  readonly held: ReadonlyMap<string, Replicas>;
  /** Version → what a client wrote. */
  readonly values: ReadonlyMap<string, string>;
  /** Broken promises first. */
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

/** Operations that an anomaly of a broken promise names. */
export const namedOperations = ({ anomalies }: ExhibitView): ReadonlySet<number> =>
  new Set(anomalies.flatMap(({ anomaly, promised }) => (promised ? anomaly.operations : [])));
