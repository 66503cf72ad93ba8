/**
 * A write counts as acknowledged after W − 1 replicas (but at least one): the classic error of counting the coordinator
 * twice, or of > instead of ≥. The bug is harmless while the last replica is only a little later. The bug must break
 * `acknowledged`: when the client gets ok, fewer than W replicas have stored the write durably.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    isAcknowledged: (progress) => progress.confirmed.length >= Math.max(1, progress.needed - 1),
  };
}
