/**
 * A snapshot ends one record too early. The log's last key is missing in it, and the segments that held the key are
 * deleted (an off-by-one in an iterator). The bug must break `retained`.
 */
import type { Parts } from "../../../../store/parts.ts";
import type { LogRecord } from "../../../../store/versions/records.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    compaction: {
      ...parts.compaction,
      *snapshot(live) {
        let before: LogRecord | null = null;
        for (const record of live) {
          if (before !== null) yield before;
          before = record;
        }
      },
    },
  };
}
