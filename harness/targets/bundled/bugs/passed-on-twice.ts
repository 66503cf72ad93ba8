/**
 * A node with an older ring passes a put on to an owner. The owner carries the put out, but answers that it refused the
 * put. The node then asks another owner, so that one put is coordinated twice (riak_kv #1046). The bug must break
 * `siblings-7`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    membership: {
      ...parts.membership,
      takesPassedOn: () => ({ coordinates: true, refuses: true }),
    },
  };
}
