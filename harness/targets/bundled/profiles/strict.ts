/**
 * The strongest guarantees that leaderless replication gives without consensus: every key is an atomic register. These
 * settings are not the defaults of any system.
 */
import { defaultSettings } from "../../../../store/settings.ts";
import type { Profile } from "./profile.ts";

export const strict: Profile = {
  settings: {
    ...defaultSettings,
    n: 3,
    // Majorities: any two quorums share a replica.
    r: 2,
    w: 2,
    quorums: "strict",
    versions: "stamps",
    // A write asks a majority before it is stamped (Lynch and Shvartsman, FTCS 1997), so the order of stamps follows
    // real time.
    stamps: "quorum",
    // A read writes back to N − R + 1 replicas before it answers (Attiya, Bar-Noy, Dolev, JACM 1995), so no later read
    // returns an older version.
    readRepair: "blocking",
    // Hints count for no quorum except W = ANY. Like anti-entropy, they make stale replicas catch up sooner.
    hints: true,
    antiEntropy: true,
  },
  deviations: [],
};
