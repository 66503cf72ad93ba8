/** What the replicas of one key hold at the end, according to the final inspection or to the last reads. */
import { lastReadsOf } from "./last-reads.ts";
import type { Model } from "./model.ts";
import type { Key, NodeName, ReplicaState, VersionedValue } from "../language/history.ts";

export interface Survivors {
  /**
   * The state of each inspected replica at its last final inspection, or of each node according to the last read
   * through it.
   */
  readonly states: ReadonlyMap<NodeName, ReplicaState>;
  /** Replicas without a final inspection, or nodes without a last read. */
  readonly missing: readonly NodeName[];
  /** The different versions in `states`, each once. */
  readonly versions: readonly VersionedValue[];
}

const empty: ReplicaState = { versions: [] };

/**
 * What the last read of the key through each node returned, for targets without inspection. Null: no such read
 * succeeded.
 */
export function survivorsByReads(model: Model, key: Key): Survivors | null {
  const { reads, missing } = lastReadsOf(model, key);
  if (reads.length === 0) return null;
  return {
    states: new Map(reads.map(({ node, versions }) => [node, { versions }])),
    missing,
    versions: distinct(reads.flatMap(({ versions }) => versions)),
  };
}

/**
 * What the key's replicas, by the newest version of the ring, held at the final inspection. Null: the replicas of the
 * key are unknown.
 */
export function survivorsOf({ run, rings, inspections }: Model, key: Key): Survivors | null {
  if (run.preference[key] === undefined) return null;
  const replicas = rings.finalOwners(key);
  const states = new Map<NodeName, ReplicaState>();
  for (const { node, when, state } of inspections) {
    if (when === "final" && replicas.includes(node))
      states.set(node, Object.hasOwn(state, key) ? (state[key] ?? empty) : empty);
  }
  return {
    states,
    missing: replicas.filter((node) => !states.has(node)),
    versions: distinct([...states.values()].flatMap(({ versions }) => versions)),
  };
}

const distinct = (versions: readonly VersionedValue[]): readonly VersionedValue[] => [
  ...new Map(
    versions.map((versioned) => [JSON.stringify([versioned.version, versioned.value]), versioned]),
  ).values(),
];
