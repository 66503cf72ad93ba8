/**
 * A node that replaces a dead one gets each key from a single replica, although this replica may have missed a write
 * that another one has (scylladb/scylladb #10887). The bug must break `handed-over` or `converged`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    membership: {
      ...parts.membership,
      streams: (key) =>
        parts.membership.streams(key) &&
        (key.ring.under?.change.kind !== "replace" ||
          key.self === key.before.findLast((node) => key.after.includes(node))),
    },
  };
}
