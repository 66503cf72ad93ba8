/**
 * PR is checked only when a read begins, not when replies are counted, and PW is not checked at all, so fallbacks
 * satisfy them (the class of riak_kv #388). The bug must break `acknowledged` under sloppy quorums if requests name PR
 * or PW.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    isAnswered: (progress) => parts.isAnswered({ ...progress, neededPrimaries: 0 }),
    isAcknowledged: ({ key, replicas, needed, hintCounts, confirmed, hinted }) =>
      parts.isAcknowledged({
        key,
        replicas,
        needed,
        neededPrimaries: 0,
        hintCounts,
        confirmed,
        hinted,
      }),
  };
}
