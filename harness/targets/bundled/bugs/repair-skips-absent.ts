/**
 * Read repair updates replicas with an older version and leaves out replicas without the key. The bug must break
 * `converged` if only read repair repairs.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    repairs: (target, from, replies, clock) =>
      parts
        .repairs(target, from, replies, clock)
        .filter(({ node }) => replies[from.indexOf(node)] !== null),
  };
}
