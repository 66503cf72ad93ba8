/**
 * A hint for a node that no longer owns the key is dropped (scylladb/scylladb #20558). With sloppy quorums, only the hint
 * may have an acknowledged write. The bug must break `durable`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    membership: {
      ...parts.membership,
      hintGoesTo: (target, owners) => (owners.includes(target) ? [target] : []),
    },
  };
}
