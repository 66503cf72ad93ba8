/**
 * Of each pair of nodes only the lower-numbered one sends what the other lacks; what it lacks itself it never gets. The
 * class of CASSANDRA-6808: a repair that looks complete, and streams in one direction. Must break converged where
 * anti-entropy is the only mechanism.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, copies: (self, peer, keys) => (self < peer ? keys : []) };
}
