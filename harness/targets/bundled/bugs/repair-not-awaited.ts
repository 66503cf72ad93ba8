/**
 * "Blocking" read repair sends the repair, but the read answers before the repair is durable anywhere. The next read
 * may meet replicas without the repair and return an older version (CASSANDRA-4792, and CASSANDRA-14740, where blocking
 * repair waited for the wrong replicas). The bug must break `linearizable` and `monotonic-reads`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, isWrittenBack: () => true };
}
