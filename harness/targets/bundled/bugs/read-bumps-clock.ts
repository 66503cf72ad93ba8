/**
 * Each read writes its result back under a new stamp to all replicas that replied. Nothing ever settles, and reads
 * alone keep the cluster busy (riak_kv PR #334: a repair must not increment the clock). The bug must break
 * `repair-quiescent`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    repairs(target, from, _replies, clock) {
      const state = target.kind === "stamped" ? { ...target, stamp: clock.next() } : target;
      return from.map((node) => ({ node, state }));
    },
  };
}
