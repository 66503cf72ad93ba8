/**
 * Recovery reads the log up to the end of its first sealed segment: what was synced to newer ones is still there, and
 * ignored. The class of CASSANDRA-14861, where a startup skipped data files that it should have read. Must break
 * durable and, once W replicas restarted, regular-stamped.
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
