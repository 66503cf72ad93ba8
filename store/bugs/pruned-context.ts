/**
 * A context with too many actors loses the oldest: what it covered is no longer known to be superseded, so that a replica which
 * still holds it brings it back beside what replaced it (Riak PR #26 and #1866, its pruning of vector clocks). Must break siblings-3, or siblings-2
 * where a pruned actor's entry would have told two writes apart.
 */
import type { VersionVector } from "../records.ts";
import type { Parts } from "../parts.ts";

const mostActors = 2;

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    mint(stored, actor, context, value) {
      const state = parts.mint(stored, actor, context, value);
      return { ...state, context: pruned(state.context, actor) };
    },
  };
}

function pruned(context: VersionVector, minting: string): VersionVector {
  const others = Object.keys(context).filter((actor) => actor !== minting);
  const kept = new Set([minting, ...others.slice(-(mostActors - 1))]);
  return Object.fromEntries(Object.entries(context).filter(([actor]) => kept.has(actor)));
}
