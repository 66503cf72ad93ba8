/**
 * A hint that the coordinator keeps for an unreachable replica counts toward W as if that replica had the write, though
 * no read will ever ask a hint under strict quorums. Apache Cassandra's notes on hinted handoff say why it must not: a
 * hint satisfies the consistency level ANY and no other. Must break acknowledged, and regular-stamped where a later
 * read meets only replicas without the write.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    isAcknowledged: (progress) =>
      parts.isAcknowledged({ ...progress, confirmed: [...progress.confirmed, ...progress.hinted] }),
  };
}
