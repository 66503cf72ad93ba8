/**
 * A read ends once a majority of replicas answers "not found", although the read asked for R = N because W = 1. So the
 * read does not wait for the one replica with the write. A replica with a tombstone, or with nothing, counts as "not
 * found". OpenRiak #114 is of this class (notfound_ok and basic_quorum of Riak). The bug must break `acknowledged` and
 * `regular-stamped`.
 */
import type { Parts } from "../../../../store/parts.ts";
import { isDeleted } from "../../../../store/versions/tombstones.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    isAnswered(progress) {
      const notFound = progress.replies.filter(
        (reply) => reply === null || isDeleted(reply),
      ).length;
      return notFound > progress.replicas.length / 2 || parts.isAnswered(progress);
    },
  };
}
