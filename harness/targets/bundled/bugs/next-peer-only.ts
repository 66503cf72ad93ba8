/**
 * Each node exchanges only with the first of its peers, which need not hold all of the node's ranges. A Cassandra
 * repair with -pr on only some nodes is similar. The bug must break `converged` if only anti-entropy repairs.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    exchangePeers: (settings, self) => parts.exchangePeers(settings, self).slice(0, 1),
  };
}
