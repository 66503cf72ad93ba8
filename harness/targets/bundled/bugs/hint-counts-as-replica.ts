/**
 * A hint that the coordinator keeps for an unreachable replica counts toward W, although no read asks a hint under
 * strict quorums. Apache Cassandra's documentation of hinted handoff says why a hint must not count: it satisfies only
 * the consistency level ANY. The bug must break `acknowledged`, and `regular-stamped` if a later read meets only
 * replicas without the write.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    isAcknowledged: (progress) =>
      parts.isAcknowledged({ ...progress, confirmed: [...progress.confirmed, ...progress.hinted] }),
  };
}
