/**
 * Compaction leaves tombstones out of a snapshot though older values may be elsewhere. Must break retained: what a node
 * had deleted is back, or its deletion gone, after a restart.
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
