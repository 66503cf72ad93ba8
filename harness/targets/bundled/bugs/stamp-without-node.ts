/**
 * Stamps are milliseconds without the coordinator's name. Two nodes that write a key within a millisecond give the same
 * stamp (timestamps of independent clients). The bug must break `unique-stamps`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    stamp(clock, seen) {
      const [time = ""] = parts.stamp(clock, seen).split(".");
      return `${time.slice(0, 13)}000.n0.000000.000000`;
    },
  };
}
