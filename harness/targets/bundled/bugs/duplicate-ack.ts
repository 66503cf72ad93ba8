/**
 * Every reply counts toward W, also a second one of the same replica. A coordinator that hears nothing sends a write
 * once more after half its timeout; a link that was only held up then delivers both, and the replica behind it confirms
 * twice. The classic slip of counting replies where distinct replicas are meant. Must break acknowledged: fewer than W
 * replicas have the write durable when its client hears ok.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, confirmedBy: (confirmed, from) => [...confirmed, from] };
}
