/**
 * The strongest that leaderless replication gives without consensus: every key an atomic register. No system's
 * defaults.
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
    // A write asks a majority before it stamps itself (Lynch and Shvartsman, FTCS 1997): order of stamps is order of
    // real time.
    stamps: "quorum",
    // A read writes back to N − R + 1 before it answers (Attiya, Bar-Noy, Dolev, JACM 1995): no later read goes back
    // behind it.
    readRepair: "blocking",
    // Neither counts for a quorum; both only shorten the time for which a replica is behind.
    hints: true,
    antiEntropy: true,
  },
  deviations: [],
};
