/**
 * Repair writes an old value back under a fresh stamp, so the old value outranks writes since the read began.
 * Cassandra's rule is the opposite: a repair carries the write's own timestamp. The bug must break `durable` and
 * `regular-stamped`: the newer write is replaced.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    repairs: (target, from, replies, clock) =>
      parts.repairs(target, from, replies, clock).map(({ node, state }) => ({
        node,
        state: state.kind === "stamped" ? { ...state, stamp: clock.next() } : state,
      })),
  };
}
