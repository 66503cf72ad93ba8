/**
 * A hint is delivered to the node that the hint was kept for, whether or not this node still owns the key
 * (scylladb/scylladb #24980). The owners do not get the write from this hint. The bug must break `durable` or
 * `converged`. The former owner is left with a key that it does not own, which breaks `ring-agreed`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    membership: {
      ...parts.membership,
      hintGoesTo: (target) => [target],
    },
  };
}
