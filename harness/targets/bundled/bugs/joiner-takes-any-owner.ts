/**
 * A new owner takes each key from any owner instead of the one that it displaces (CASSANDRA-2434): here from the first of
 * the owners that stay. If this owner had missed a write, one replica fewer has the write after the change. The bug must
 * break `regular-stamped` or `durable`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    membership: {
      ...parts.membership,
      streams: (key) =>
        parts.membership.streams(key) &&
        key.self === key.before.find((node) => key.after.includes(node)),
      // As in Cassandra, a former owner keeps its data until an operator cleans up, so that only the stream brings it.
      isLeftover: () => false,
    },
  };
}
