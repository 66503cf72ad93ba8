/**
 * Handoff delivers a write under the time of its delivery, not under its own: old data comes back from an outage as the
 * newest, and buries what was acknowledged meanwhile. A classic of replaying writes through the front door. Must break
 * durable.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    handsOver: (state, clock) =>
      state.kind === "stamped" ? { ...state, stamp: clock.next() } : state,
  };
}
