/**
 * A node compares its ranges only with the next node by number, whoever owns them. Data of a range goes to a node that
 * does not own the range and gives the data to no owner (the report of CASSANDRA-6808: ranges repaired with the wrong
 * endpoints). The bug needs more nodes than N. The bug must break `converged` if only anti-entropy repairs.
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
