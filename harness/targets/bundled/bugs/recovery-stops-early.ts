/**
 * Recovery stops at the end of the log's first sealed segment. What was synced to newer segments is still on the disk
 * but ignored. CASSANDRA-14861 is of this class: a startup skipped data files. The bug must break `durable` and, if W
 * replicas restarted, `regular-stamped`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    recover(segments) {
      const sealed = segments.findIndex((segment) => segment.sealed);
      const { records } = parts.recover(sealed === -1 ? segments : segments.slice(0, sealed + 1));
      return { records, keepEntries: parts.recover(segments).keepEntries };
    },
  };
}
