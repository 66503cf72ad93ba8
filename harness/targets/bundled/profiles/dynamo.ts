/**
 * Amazon's Dynamo as its paper describes it (DeCandia et al., SOSP 2007). The paper names no times, so the default
 * settings apply: milliseconds where an operator would choose seconds or minutes.
 */
import { defaultSettings } from "../../../../store/settings.ts";
import type { Profile } from "./profile.ts";

export const dynamo: Profile = {
  settings: {
    ...defaultSettings,
    // Sections 4.6 and 5: "(3,2,2)" is the common configuration of (N, R, W).
    n: 3,
    r: 2,
    w: 2,
    // Section 4.6: all operations go to the first N healthy nodes of the preference list, which may not be the first N
    // on the ring.
    quorums: "sloppy",
    // Section 4.6: a fallback node stores the write separately with a hint that names the intended replica, and
    // delivers the write later.
    hints: true,
    // Section 4.4: a read returns all concurrent versions, and the client reconciles them.
    versions: "siblings",
    // Section 5: the coordinator also examines replies that arrive after its answer, and updates stale replicas ("read
    // repair").
    readRepair: "async",
    // Section 4.7: replicas compare Merkle trees, one for each key range.
    antiEntropy: true,
    // Section 6.2: the winning strategy has partitions of equal size. Here each node has the same number of points
    // instead.
    virtualNodes: 16,
  },
  deviations: [
    "dotted version vectors with one actor per boot and no pruning; the paper has vector clocks that are truncated at ten entries",
    "a put whose replicas are all unreachable is refused: only a replica issues a version, never a fallback node",
    "every acknowledged write is synced on W nodes; the paper's buffered writes, which a crash loses on all but one replica, are not offered",
    "any node coordinates a read and passes a put on to a replica; there is no partition-aware client",
    "deletes leave tombstones, which are kept",
    "nodes tell each other of membership changes directly, and suspect a failure by silence on a link; there is no gossip",
  ],
};
