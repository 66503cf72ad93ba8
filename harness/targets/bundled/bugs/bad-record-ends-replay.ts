/**
 * One damaged record in the middle of the log ends its replay, so intact records behind it are lost. The bug must break
 * `retained` after a flipped byte.
 */
import type { Parts } from "../../../../store/parts.ts";
import type { LogRecord } from "../../../../store/versions/records.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    recover(segments) {
      const { keepEntries } = parts.recover(segments);
      const records: LogRecord[] = [];
      for (const { entries } of segments)
        for (const entry of entries) {
          if (!entry.whole) return { records, keepEntries };
          records.push(entry.record);
        }
      return { records, keepEntries };
    },
  };
}
