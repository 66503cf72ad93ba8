/**
 * Handoff delivers a write under the time of its delivery instead of its own. Old data returns from an outage as the
 * newest and replaces what was acknowledged meanwhile. A classic result of replaying writes through the normal write
 * path. Must break durable.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    handsOver: (state, clock) =>
      state.kind === "stamped" ? { ...state, stamp: clock.next() } : state,
  };
}
