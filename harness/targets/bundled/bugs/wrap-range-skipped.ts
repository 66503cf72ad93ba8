/**
 * Anti-entropy skips the range that wraps around the ring, from its last point to its first. The store names a range by
 * its set of replicas, so all keys of that set stay unrepaired. The bug must break `converged` if only anti-entropy
 * repairs.
 */
import type { Parts } from "../../../../store/parts.ts";
import { hash32 } from "../../../../store/placement/hash.ts";
import { nodeNames, rangeName } from "../../../../store/placement/ring.ts";
import type { StoreSettings } from "../../../../store/settings.ts";

/**
 * Returns the name of the range that wraps around the ring. This range has the same replicas as the ring's first point.
 * The points are placed as in store/placement/ring.ts.
 */
function wrappingRange(settings: StoreSettings): string {
  const points = nodeNames(settings).flatMap((node) =>
    Array.from({ length: settings.virtualNodes }, (_, i) => ({
      at: hash32(`${node}#${i}`, 0x72696e67) >>> 0,
      node,
    })),
  );
  points.sort((a, b) => a.at - b.at || (a.node < b.node ? -1 : 1));
  return rangeName([...new Set(points.map(({ node }) => node))].slice(0, settings.n));
}

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    exchangeRanges(settings, self, peer) {
      const skipped = wrappingRange(settings);
      return parts.exchangeRanges(settings, self, peer).filter((range) => range !== skipped);
    },
  };
}
