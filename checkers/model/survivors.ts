/** What the replicas hold at the end, as the final inspection shows it. */
import type { Model } from "./model.ts";
import type { Key, NodeName, ReplicaState, VersionedValue } from "../language/history.ts";

export interface Survivors {
  /** The last final inspection of each replica of the key that was inspected. */
  readonly states: ReadonlyMap<NodeName, ReplicaState>;
  /** Replicas without a final inspection. */
  readonly missing: readonly NodeName[];
  /** Every version that some replica holds, once each. */
  readonly versions: readonly VersionedValue[];
}

const empty: ReplicaState = { versions: [] };

/** null: it is not known who replicates the key. */
export function survivorsOf({ run, inspections }: Model, key: Key): Survivors | null {
  const replicas = run.preference[key];
  if (replicas === undefined) return null;
  const states = new Map<NodeName, ReplicaState>();
  for (const { node, when, state } of inspections) {
    if (when === "final" && replicas.includes(node))
      states.set(node, Object.hasOwn(state, key) ? (state[key] ?? empty) : empty);
  }
  const versions = new Map<string, VersionedValue>();
  for (const state of states.values())
    for (const versioned of state.versions)
      versions.set(JSON.stringify([versioned.version, versioned.value]), versioned);
  return {
    states,
    missing: replicas.filter((node) => !states.has(node)),
    versions: [...versions.values()],
  };
}
