/** What both kinds of state have in common: merging and comparing. */
import { mergeSiblings } from "./siblings.ts";
import type { State, VersionVector } from "./records.ts";

/**
 * The state of a replica that held `stored` and learns of `incoming`: the later stamp, or everything that both know.
 * Commutative, associative and idempotent up to equality; `stored` itself, the same object, if nothing changed.
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

/** All of `states` merged in order. */
export function mergeAll(mergeTwo: typeof merge, states: readonly (State | null)[]): State | null {
  let merged: State | null = null;
  for (const state of states) if (state !== null) merged = mergeTwo(merged, state);
  return merged;
}

/** Equal for equal states, else different: names all versions, whose values never change, and the context. */
export function digest(state: State): string {
  return state.kind === "stamped"
    ? state.stamp
    : `${versionsOf(state).join(" ")}|${vectorText(state.context)}`;
}

/** Whether a state is the one that these versions and this context are of. */
export function describes(
  { versions, context }: { readonly versions: readonly string[]; readonly context?: VersionVector },
  state: State | null,
): boolean {
  if (state === null) return versions.length === 0 && context === undefined;
  if (state.kind === "stamped") return versions[0] === state.stamp;
  return context !== undefined && `${versions.join(" ")}|${vectorText(context)}` === digest(state);
}

/** The versions that a state shows: its stamp, or its siblings' dots. */
export function versionsOf(state: State | null): readonly string[] {
  if (state === null) return [];
  return state.kind === "stamped" ? [state.stamp] : state.siblings.map((sibling) => sibling.dot);
}

function vectorText(vector: VersionVector): string {
  let text = "";
  for (const actor in vector) text += `${actor}:${vector[actor]} `;
  return text;
}
