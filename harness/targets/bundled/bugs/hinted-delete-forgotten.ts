/**
 * Deletes that a replica missed are hinted, but what is handed over of such a hint says nothing: the replica keeps the
 * value. Project Voldemort d7d7349de and 26c991c2f (2014): the paths of a delete that failed on some node sent no slop,
 * or lost it. Must break converged where handoff is alone.
 */
import type { Parts } from "../../../../store/parts.ts";
import type { State } from "../../../../store/versions/records.ts";
import { isDeleted } from "../../../../store/versions/tombstones.ts";

/** Merges into whatever a replica holds without a change. */
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
