/**
 * The merge of a read's replies takes a tombstone for a replica that holds nothing, so that an older value of another
 * reply is returned. Must break no-resurrection and regular-stamped.
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
