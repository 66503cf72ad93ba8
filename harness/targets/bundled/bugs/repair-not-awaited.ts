/**
 * "Blocking" read repair sends the repair and answers at once, before it is durable anywhere: the next read may meet
 * the replicas that do not have it yet, and returns what is older (CASSANDRA-4792, and CASSANDRA-14740, where blocking
 * repair waited for the wrong replicas). Must break linearizable and monotonic-reads.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, isWrittenBack: () => true };
}
