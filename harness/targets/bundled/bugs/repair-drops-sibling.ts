/**
 * Read repair writes back one sibling under the context of all. The receiving replica then treats the other siblings as
 * superseded, and so does every replica that is compared with it. This is the classic error of "resolve, then write
 * back". The bug must break `siblings-2`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    repairs: (target, from, replies, clock) =>
      parts.repairs(target, from, replies, clock).map(({ node, state }) => ({
        node,
        state:
          state.kind === "siblings" ? { ...state, siblings: state.siblings.slice(0, 1) } : state,
      })),
  };
}
