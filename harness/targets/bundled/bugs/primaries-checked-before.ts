/**
 * PR and PW are checked when a request is sent and never when replies are counted: fallbacks satisfy them (riak_kv
 * #388's class). Must break acknowledged under sloppy quorums, where requests name PR or PW.
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
