/**
 * A write counts as acknowledged after W − 1 replicas: the classic slip of counting the coordinator twice, or of > for
 * ≥. All goes well while the last replica is merely a little later. Must break acknowledged: when the client hears ok,
 * fewer than W replicas have it durable.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    isAcknowledged: (progress) => progress.confirmed.length >= Math.max(1, progress.needed - 1),
  };
}
