/**
 * The merge of a read's replies treats a tombstone like a missing key, so the read returns another reply's older value.
 * The bug must break `no-resurrection` and `regular-stamped`.
 */
import type { Parts } from "../../../../store/parts.ts";
import { isDeleted } from "../../../../store/versions/tombstones.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    answer(replies) {
      const values = replies.filter((state) => state !== null && !isDeleted(state));
      return parts.answer(values.length > 0 ? values : replies);
    },
  };
}
