/**
 * Handoff delivers a write under a new stamp instead of the write's own stamp. So an old value returns from an outage
 * as the newest, and replaces a value that was acknowledged meanwhile. This is a classic result of replaying writes
 * through the normal write path. The bug must break `durable`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    handsOver: (state, clock) =>
      state.kind === "stamped" ? { ...state, stamp: clock.next() } : state,
  };
}
