/**
 * In each pair of nodes only the lower-numbered one sends what the other lacks, and never gets what it lacks itself. In
 * the class of CASSANDRA-6808: a repair that looks complete but streams in one direction. Must break converged if only
 * anti-entropy repairs.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, copies: (self, peer, keys) => (self < peer ? keys : []) };
}
