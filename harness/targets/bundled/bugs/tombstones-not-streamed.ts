/**
 * Streams bring new owners values, but no tombstones (palantir/cassandra PR 49, scylladb/scylladb PR 20788: a tombstone
 * is gone before older data arrives). If a replica had missed the deletion, the deleted value may come back. The bug
 * must break `handed-over` or `no-resurrection`.
 */
import type { Parts } from "../../../../store/parts.ts";
import { isDeleted } from "../../../../store/versions/tombstones.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    membership: {
      ...parts.membership,
      streams: (key) => parts.membership.streams(key) && !isDeleted(key.state),
    },
  };
}
