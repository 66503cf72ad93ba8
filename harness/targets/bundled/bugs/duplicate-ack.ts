/**
 * Every reply counts toward W, also a second reply from the same replica. A coordinator without an answer sends a write
 * again after half its timeout. A link that was only delayed delivers both, and the replica confirms twice. This is the
 * classic error of counting replies instead of distinct replicas. The bug must break `acknowledged`: fewer than W
 * replicas have stored the write durably when the client gets ok.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, confirmedBy: (confirmed, from) => [...confirmed, from] };
}
