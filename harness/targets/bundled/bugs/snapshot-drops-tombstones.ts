/**
 * Compaction leaves tombstones out of a snapshot, although older values may exist elsewhere. The bug must break
 * `retained`: after a restart the deleted value is back, or the delete is gone.
 */
import type { Parts } from "../../../../store/parts.ts";
import { isDeleted } from "../../../../store/versions/tombstones.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    compaction: {
      ...parts.compaction,
      *snapshot(live) {
        for (const record of live) if (!isDeleted(record.state)) yield record;
      },
    },
  };
}
