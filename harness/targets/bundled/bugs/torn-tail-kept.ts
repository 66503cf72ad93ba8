/**
 * Recovery takes a half-written last record for a whole one, without a look at its checksum: a value cut short stands
 * under the stamp of the one that was being written. The classic error of logs without checksums, or with ones that
 * nobody checks. Must break no-thin-air or, once it stands in the acknowledged value's place, durable.
 */
import type { LogRecord } from "../../../../store/versions/records.ts";
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    recover(segments) {
      const { records, keepEntries } = parts.recover(segments);
      const last = segments.at(-1)?.entries.at(-1);
      const torn: readonly LogRecord[] =
        last?.whole === false && last.partial !== null ? [last.partial] : [];
      return { records: [...records, ...torn], keepEntries };
    },
  };
}
