/**
 * Replay of a log ends one record before the end of each full segment. CASSANDRA-13282 (2017): the last mutation of a
 * commit log segment was not replayed if it ended within a few bytes of the segment's end. The bug must break
 * `retained`, and `durable`.
 */
import type { Parts } from "../../../../store/parts.ts";
import type { LogRecord } from "../../../../store/versions/records.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    recover(segments) {
      const { keepEntries } = parts.recover(segments);
      const records: LogRecord[] = [];
      for (const { sealed, entries } of segments) {
        const whole = entries.flatMap((entry) => (entry.whole ? [entry.record] : []));
        records.push(...(sealed ? whole.slice(0, -1) : whole));
      }
      return { records, keepEntries };
    },
  };
}
