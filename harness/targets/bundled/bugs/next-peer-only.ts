/**
 * Each node exchanges only with the next node on the ring, which does not share all of its ranges, like a Cassandra
 * repair with -pr on only some nodes. The bug must break `converged` if only anti-entropy repairs.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    exchangePeers: (settings, self) => parts.exchangePeers(settings, self).slice(0, 1),
  };
}
