/**
 * "Blocking" read repair sends the repair and answers before it is durable anywhere. The next read may meet replicas
 * without it and return an older version (CASSANDRA-4792, and CASSANDRA-14740, where blocking repair waited for the
 * wrong replicas). The bug must break `linearizable` and `monotonic-reads`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, isWrittenBack: () => true };
}
