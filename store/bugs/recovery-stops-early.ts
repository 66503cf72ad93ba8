/**
 * Recovery stops after the first segment of the log: what was synced later is still there, and ignored. The class of CASSANDRA-14861, where
 * a startup skipped data files that it should have read. Must break durable and, once W replicas restarted, regular-stamped.
 */
import type { LogRecord } from "../records.ts";
import type { Parts } from "../parts.ts";

/** Entries that fill a segment. */
const segmentEntries = 8;

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    recover(entries) {
      const { keepEntries } = parts.recover(entries);
      const records: LogRecord[] = [];
      for (const entry of entries.slice(0, segmentEntries)) if (entry.whole) records.push(entry.record);
      return { records, keepEntries };
    },
  };
}
