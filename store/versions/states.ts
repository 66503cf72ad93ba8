/** Merges and compares states of both kinds. */
import { mergeSiblings } from "./siblings.ts";
import type { State, VersionVector } from "./records.ts";

/**
 * The state of a replica after `incoming` arrives: under last write wins the one with the later stamp, or else all
 * siblings of both that neither has superseded. Commutative, associative and idempotent. Returns `stored` itself if
 * nothing changed.
 */
export function merge(stored: State | null, incoming: State): State {
  if (stored === null) return incoming;
  if (stored.kind === "stamped" && incoming.kind === "stamped")
    return incoming.stamp > stored.stamp ? incoming : stored;
  if (stored.kind === "siblings" && incoming.kind === "siblings")
    return mergeSiblings(stored, incoming);
  throw new TypeError(
    `a cluster holds either stamps or siblings: stored ${stored.kind}, got ${incoming.kind}`,
  );
}

/** Merges all states in their order, leaving out absent ones (null). */
export function mergeAll(mergeTwo: typeof merge, states: readonly (State | null)[]): State | null {
  let merged: State | null = null;
  for (const state of states) if (state !== null) merged = mergeTwo(merged, state);
  return merged;
}

/**
 * A text that is equal exactly for equal states. It contains all versions and the context; the value of a version never
 * changes.
 */
export function digest(state: State): string {
  return state.kind === "stamped"
    ? state.stamp
    : `${versionsOf(state).join(" ")}|${vectorText(state.context)}`;
}

/** Whether a state has exactly these versions and this context. */
export function describes(
  { versions, context }: { readonly versions: readonly string[]; readonly context?: VersionVector },
  state: State | null,
): boolean {
  if (state === null) return versions.length === 0 && context === undefined;
  if (state.kind === "stamped") return versions[0] === state.stamp;
  return context !== undefined && `${versions.join(" ")}|${vectorText(context)}` === digest(state);
}

/** The versions of a state: its stamp, or its siblings' dots. */
export function versionsOf(state: State | null): readonly string[] {
  if (state === null) return [];
  return state.kind === "stamped" ? [state.stamp] : state.siblings.map((sibling) => sibling.dot);
}

function vectorText(vector: VersionVector): string {
  let text = "";
  for (const actor in vector) text += `${actor}:${vector[actor]} `;
  return text;
}
