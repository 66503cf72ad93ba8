/**
 * A node compares its ranges with the next node by number, whoever owns them, and with no other: what a range's owners
 * should exchange goes to a stranger, which keeps it to itself (CASSANDRA-6808's report: ranges repaired with the wrong
 * endpoints). Needs more nodes than N. Must break converged where anti-entropy is the only mechanism.
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
