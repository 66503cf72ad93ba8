/**
 * A context with too many actors loses the oldest: what it covered is no longer known to be superseded, so that a
 * replica which still holds it brings it back beside what replaced it (Riak PR #26 and #1866, its pruning of vector
 * clocks). Must break siblings-3, or siblings-2 where a pruned actor's entry would have told two writes apart.
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
 * Actors whose versions still stand stay, or a merge would take each of those for unknown and double it, without end.
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
