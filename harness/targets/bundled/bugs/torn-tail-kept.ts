/**
 * Recovery accepts a half-written last record without checking its checksum. A truncated value then stands under the
 * stamp of the intended one. The classic error of logs without checksums, or with unchecked ones. Must break
 * no-thin-air, or durable if it replaces the acknowledged value.
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
