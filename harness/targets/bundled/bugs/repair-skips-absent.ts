/**
 * Read repair updates replicas that hold an older version, and leaves out those that hold nothing. Must break converged
 * where read repair is alone.
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
