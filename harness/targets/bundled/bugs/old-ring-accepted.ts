/**
 * Replicas accept writes from coordinators that still use the old ring (scylladb/scylladb #5252: a write that began
 * before the change is left on the replicas of the old ring). If a new owner has fetched the key before such a write,
 * the new owner lacks the write. The bug must break `handed-over`, `durable` or `regular-stamped`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    membership: {
      ...parts.membership,
      refuses: (state, request) => !request.isPut && parts.membership.refuses(state, request),
      // As in Cassandra, a former owner keeps its data until an operator cleans up, so that only the stream brings it.
      isLeftover: () => false,
    },
  };
}
