/** Finds when the replicas of a key became equal in the final phase, according to inspections. */
import { canonical } from "../language/versions.ts";
import { restartedUs } from "./final-phase.ts";
import { survivorsOf } from "../model/survivors.ts";
import type { Model } from "../model/model.ts";
import type { Key, NodeName, VersionedValue } from "../language/history.ts";

/** How one replica's state of the key changed in the final phase. */
interface Track {
  /** When the replica was first seen in its final state, which it then kept. */
  readonly settledUs: number;
  /** When the replica was last seen in another state than its final one. −Infinity: never. */
  readonly lastOtherUs: number;
  readonly final: string;
  /** When the replica was last seen in a state that it had not had before in the final phase. −Infinity: never. */
  readonly progressUs: number;
}

export interface Convergence {
  readonly key: Key;
  readonly equal: boolean;
  /**
   * The time from the restart until all replicas were seen in their final, equal states. Undefined: the final states
   * differ.
   */
  readonly timeToEqualUs: number | undefined;
  /** The latest time at which some replica was seen in another state than its final one. −Infinity: never. */
  readonly lastOtherUs: number;
  /** The time of the last final inspection. */
  readonly finalUs: number;
  /**
   * When some replica last reached a state that it had not had before. −Infinity: never. A return to an earlier state
   * is no progress: if the last arrival wins, two replicas may swap their values for ever.
   */
  readonly lastProgressUs: number;
  readonly replicas: ReadonlyMap<NodeName, Track>;
  /** All versions that the replicas hold in their final states. */
  readonly versions: readonly VersionedValue[];
}

/** Whether, when and how the replicas of the key became equal, or a sentence that says why this is unknown. */
export function convergenceOf(model: Model, key: Key): Convergence | string {
  const fromUs = restartedUs(model);
  const survivors = survivorsOf(model, key);
  if (fromUs === undefined)
    return "the final phase did not heal all faults and start the nodes again";
  if (survivors === null || survivors.states.size === 0)
    return `no replica of ${key} was inspected after the final phase`;
  if (survivors.missing.length > 0)
    return `not every replica of ${key} was inspected after the final phase: ${survivors.missing.join(", ")} missing`;

  const replicas = new Map<NodeName, Track>();
  for (const node of survivors.states.keys()) replicas.set(node, trackOf(model, key, node, fromUs));
  const tracks = [...replicas.values()];
  const equal = new Set(tracks.map(({ final }) => final)).size === 1;
  const finals = model.inspections.filter(
    ({ when, node }) => when === "final" && replicas.has(node),
  );
  return {
    key,
    equal,
    timeToEqualUs: equal
      ? Math.max(...tracks.map(({ settledUs }) => settledUs)) - fromUs
      : undefined,
    lastOtherUs: Math.max(...tracks.map(({ lastOtherUs }) => lastOtherUs)),
    finalUs: Math.max(...finals.map(({ atUs }) => atUs)),
    lastProgressUs: Math.max(...tracks.map(({ progressUs }) => progressUs)),
    replicas,
    versions: survivors.versions,
  };
}

function trackOf({ run, inspections }: Model, key: Key, node: NodeName, fromUs: number): Track {
  const seen = inspections
    .filter((inspection) => inspection.node === node && inspection.atUs >= fromUs)
    .map(({ atUs, state }) => ({
      atUs,
      state: canonical(
        Object.hasOwn(state, key) ? state[key] : undefined,
        run.deletes !== undefined,
      ),
    }));
  const final = seen.at(-1)?.state ?? "absent";
  const lastOther = seen.findLastIndex(({ state }) => state !== final);
  return {
    settledUs: seen[lastOther + 1]?.atUs ?? fromUs,
    lastOtherUs: seen[lastOther]?.atUs ?? -Infinity,
    final,
    progressUs:
      seen.findLast(
        ({ state }, index) =>
          index > 0 && seen.findIndex((earlier) => earlier.state === state) === index,
      )?.atUs ?? -Infinity,
  };
}
