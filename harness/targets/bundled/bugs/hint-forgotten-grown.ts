/**
 * A hint that grew while it was delivered is dropped with the delivery: what came in between is never sent. Must break converged where handoff is alone.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, forgetsHint: () => true };
}
