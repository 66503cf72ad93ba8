/**
 * Recovery accepts a half-written last record without checking its checksum. A truncated value then has the stamp of
 * the intended value. This is the classic error of logs without checksums, or with checksums that nobody checks. The
 * bug must break `no-thin-air`, or `durable` if the truncated value replaces the acknowledged value.
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
