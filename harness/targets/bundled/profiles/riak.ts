/**
 * Riak KV 2 with the default bucket type's properties (n_val, r, w, pr, pw), and siblings as in a custom bucket type
 * (allow_mult = true, dvv_enabled = true). Riak's anti-entropy takes seconds to hours. Here nodes exchange every half
 * second, about 1/30 of Riak's default trigger interval of 15 s.
 */
import { defaultSettings } from "../../../../store/settings.ts";
import type { Profile } from "./profile.ts";

export const riak: Profile = {
  settings: {
    ...defaultSettings,
    // n_val = 3
    n: 3,
    // r = w = dw = quorum: floor(N / 2) + 1
    r: 2,
    w: 2,
    // pr = pw = 0: fallback vnodes count for every quorum.
    quorums: "sloppy",
    // A fallback vnode hands its data to the primary once the primary is back.
    hints: true,
    // allow_mult = true, dvv_enabled = true
    versions: "siblings",
    // After the reply, a get's finite state machine updates the stale vnodes.
    readRepair: "async",
    // delete_mode = 3000: a tombstone is reaped three seconds after all primaries have it, scaled like the other times.
    deletes: "reap",
    graceMs: 100,
    // anti_entropy = active
    antiEntropy: true,
    antiEntropyIntervalMs: 500,
    // ring_size = 64: over five nodes, each node has about 13 partitions.
    virtualNodes: 13,
  },
  deviations: [
    "a replica keeps refusing versions that are older than a tombstone that it reaped; in Riak a late handoff can bring such a version back",
    "before it reaps a tombstone, a replica asks the other replicas for theirs; Riak reaps after a read that found the tombstone on all primaries",
    "a replica confirms every write only after a sync, also for W; by default bitcask leaves syncing to the kernel (sync_strategy = none)",
    "a version's actor is one boot of a node, not a vnode with an epoch; nothing is pruned, while Riak prunes version vectors (small_vclock, big_vclock)",
    "a put whose primaries are all unreachable is refused: fallback nodes keep hints, but do not coordinate puts",
    "a fallback node answers a read from what it keeps for the primaries, and read repair never updates a fallback node",
    "Merkle trees are kept in memory and rebuilt from the log at each boot, never expired",
    "basic_quorum and notfound_ok of a request are not offered",
  ],
};
