/**
 * In each pair of nodes only the node with the lower number sends what the other lacks. It never gets what it lacks
 * itself. CASSANDRA-6808 is of this class: a repair looks complete but streams in one direction. The bug must break
 * `converged` if only anti-entropy repairs.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, copies: (self, peer, keys) => (self < peer ? keys : []) };
}
