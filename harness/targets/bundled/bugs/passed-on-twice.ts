/**
 * An owner that a put is passed on to by an older ring carries it out, and says that it refused it. The node that
 * passed it on asks another owner, so that one put is coordinated twice (riak_kv #1046). Must break siblings-7.
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
