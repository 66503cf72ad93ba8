/**
 * Deletes that a replica missed are hinted, but the handover of such a hint has no effect, so the replica keeps the
 * value. Project Voldemort d7d7349de and 26c991c2f (2014): when a delete failed on some node, no slop (Voldemort's
 * hint) was sent, or the slop was lost. The bug must break `converged` if only handoff repairs.
 */
import type { Parts } from "../../../../store/parts.ts";
import type { State } from "../../../../store/versions/records.ts";
import { isDeleted } from "../../../../store/versions/tombstones.ts";

/** Returns a state whose merge leaves a replica's value as it is. */
function nothing(state: State): State {
  return state.kind === "siblings"
    ? { kind: "siblings", siblings: [], context: {} }
    : { kind: "stamped", stamp: "0000000000000000.n1.000000.000000", value: null };
}

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    handsOver: (state, clock) =>
      isDeleted(state) ? nothing(state) : parts.handsOver(state, clock),
  };
}
