/**
 * A node compares its ranges only with the next node by number, whoever owns them. Data for a range's owners goes to a
 * node that does not own it and keeps it to itself (the report of CASSANDRA-6808: ranges repaired with the wrong
 * endpoints). Needs more nodes than N. Must break converged if only anti-entropy repairs.
 */
import type { Parts } from "../../../../store/parts.ts";
import { nodeNames } from "../../../../store/placement/ring.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    exchangeRanges(settings, self, peer) {
      const all = nodeNames(settings);
      const next = all[(all.indexOf(self) + 1) % all.length];
      return peer === next ? parts.exchangeRanges(settings, self, self) : [];
    },
  };
}
