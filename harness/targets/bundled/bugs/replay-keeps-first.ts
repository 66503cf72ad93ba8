/**
 * Replay keeps the first record of a key and drops later ones as duplicates (as if it built an index of keys without
 * overwriting entries). The bug must break `retained`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    recover(segments) {
      const { records, keepEntries } = parts.recover(segments);
      const known = new Set<string>();
      return {
        records: records.filter(({ key, hint }) => {
          const id = `${key} ${hint?.target ?? ""} ${String(hint?.delivered ?? false)}`;
          const isFirst = !known.has(id);
          known.add(id);
          return isFirst;
        }),
        keepEntries,
      };
    },
  };
}
