/**
 * A context with too many actors loses some of their entries. A version that a lost entry covered is no longer known as
 * superseded, so a replica that still holds the version brings it back as a sibling (Riak PR #26 and #1866, pruning of
 * vector clocks). The bug must break `siblings-3`, or `siblings-2` if a pruned entry would have told two writes apart.
 */
import type { SiblingState } from "../../../../store/versions/records.ts";
import type { Parts } from "../../../../store/parts.ts";

const mostActors = 2;

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    mint: (stored, actor, context, value) => pruned(parts.mint(stored, actor, context, value)),
  };
}

/**
 * Prunes a state's context to `mostActors` actors, but keeps all actors of current versions. Otherwise a merge would
 * take these versions for unknown and duplicate them without end.
 */
function pruned(state: SiblingState): SiblingState {
  const standing = new Set(state.siblings.map(({ dot }) => dot.slice(0, dot.lastIndexOf(":"))));
  const others = Object.keys(state.context).filter((actor) => !standing.has(actor));
  const kept = new Set([
    ...standing,
    ...others.slice(others.length - Math.max(0, mostActors - standing.size)),
  ]);
  return {
    ...state,
    context: Object.fromEntries(Object.entries(state.context).filter(([actor]) => kept.has(actor))),
  };
}
