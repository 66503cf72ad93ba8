/**
 * Every reply counts toward W, also a second one from the same replica. A coordinator without an answer sends a write
 * again after half its timeout. A link that was only delayed delivers both, and the replica confirms twice. The classic
 * error of counting replies instead of distinct replicas. Must break acknowledged: fewer than W replicas have the write
 * durable when the client gets ok.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, confirmedBy: (confirmed, from) => [...confirmed, from] };
}
