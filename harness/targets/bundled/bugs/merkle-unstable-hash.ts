/**
 * A replica keeps and hashes siblings in the order of arrival. Equal states then have different hashes, and
 * anti-entropy copies the states back and forth for ever without a change (riak_kv #1189). The bug must break
 * `repair-quiescent`.
 */
import type { SiblingState, State } from "../../../../store/versions/records.ts";
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    merge(stored, incoming) {
      const merged = parts.merge(stored, incoming);
      return merged === stored || merged.kind !== "siblings" || stored?.kind !== "siblings"
        ? merged
        : asTheyCame(merged, stored);
    },
  };
}

function asTheyCame(merged: SiblingState, stored: SiblingState): State {
  const place = (dot: string): number =>
    stored.siblings.findIndex((sibling) => sibling.dot === dot);
  const known = merged.siblings
    .filter(({ dot }) => place(dot) >= 0)
    .sort((a, b) => place(a.dot) - place(b.dot));
  return {
    ...merged,
    siblings: [...known, ...merged.siblings.filter(({ dot }) => place(dot) < 0)],
  };
}
