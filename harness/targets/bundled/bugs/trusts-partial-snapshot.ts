/**
 * Recovery starts from the newest snapshot and reads nothing older. If a crash interrupted the compaction, the snapshot
 * is incomplete, and the older segments that it should replace still exist but are ignored. The bug must break
 * `retained`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    recover(segments) {
      // Snapshots have even numbers.
      const newest = segments.findLastIndex(
        ({ name }) => Number(name.slice(name.lastIndexOf("-") + 1)) % 2 === 0,
      );
      return {
        records: parts.recover(newest === -1 ? segments : segments.slice(newest)).records,
        keepEntries: parts.recover(segments).keepEntries,
      };
    },
  };
}
