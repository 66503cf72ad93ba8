import type { PlanOptions } from "../../generators/index.ts";
import type { Campaign } from "../../reports/index.ts";
import { openSettings } from "../targets/bundled/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import type { Progress } from "../run/index.ts";
import type { Search } from "../search/index.ts";
import type { CampaignState, Resumed } from "./resume.ts";

/** Settings of the bundled store that each plan draws for itself unless the user or a profile fixes them. */
export const swarmable: readonly string[] = openSettings;
/** Settings of the bundled store that plans still draw under a profile, since a profile does not fix them. */
export const swarmableUnderProfile: readonly string[] = ["nodes", "segmentBytes"];

/**
 * Which histories stay in the run's folder: `failing` keeps those whose verdict is not valid, `sample` also keeps valid
 * ones (some of the simulated ones, all in real time), and `all` keeps all.
 */
export const keeps = ["failing", "sample", "all"] as const;
export type Keep = (typeof keeps)[number];

/** What a campaign runs, where, for how long, and where it writes. */
export interface CampaignOptions {
  readonly cluster: Cluster;
  /**
   * Further clusters of the same kind, for platforms in real time. Histories and shrinking use all clusters at once.
   * Default: none.
   */
  readonly beside?: readonly Cluster[];
  readonly seed: number;
  /** The number of histories. Infinite: as many as run within `timeLimitMs`. */
  readonly histories: number;
  /** The number of threads that run simulated histories if `beside` is empty. Results do not depend on it. */
  readonly jobs: number;
  /**
   * Runs only the plans whose index modulo `of` is `index`. The shards 0 to `of` − 1 together are the whole campaign.
   */
  readonly shard: { readonly index: number; readonly of: number };
  /**
   * The time limit of the campaign, in ms. No history starts after this time, or, once a campaign with `keepGoing` has
   * a failure, after four fifths of it. Shrinking may take the rest, and at least a twentieth, within
   * `shrinkTimeoutMs`. Absent: no limit.
   */
  readonly timeLimitMs?: number;
  readonly plans: PlanOptions;
  /**
   * How plans are found: "random" (default) draws each plan independently. "guided" also mutates earlier plans that
   * made the store do something new, and needs a single shard.
   */
  readonly search?: Search;
  /**
   * Continues after a broken promise up to the last history or the time limit, then shrinks one failure of each of the
   * first ten shapes. Default: false.
   */
  readonly keepGoing?: boolean;
  /** Fingerprints of known anomalies, which do not fail a campaign with `keepGoing`. */
  readonly known?: readonly string[];
  /**
   * Which histories stay in the run's folder. Default: "sample", which drops valid simulated histories unless their
   * index is a multiple of 100.
   */
  readonly keep?: Keep;
  /** Kinds of fault that the user named. The report also lists those that no history injected. */
  readonly askedFaults?: readonly string[];
  /** The name of the profile that the user chose. It is only recorded. */
  readonly profile?: string;
  /** The folder that holds all runs. */
  readonly out: string;
  /** The command as the user typed it. It is only recorded. */
  readonly command: string;
  /** The command that draws the same plans on another machine. It is only recorded. */
  readonly again?: string;
  readonly evidence: boolean;
  /**
   * The share of histories, 0 to 1, that may be unknown. Unless a promise is broken, the campaign's verdict becomes
   * unknown if more than half of the histories are unknown, or if at least two are and their share exceeds this one
   * with 95 % confidence.
   */
  readonly tolerateUnknown: number;
  /** How long smaller cases of a failure are tried, in ms. Null: failures are not shrunk. */
  readonly shrinkTimeoutMs: number | null;
  /** Shrinking a failure ends after about this many tries of smaller cases. Absent: only time limits them. */
  readonly shrinkTries?: number;
  /** The interrupted campaign to continue. Its folder is used again, and only the remaining histories are run. */
  readonly resumed?: Resumed;
  /** The flags to record in case the campaign is resumed. */
  readonly asked?: CampaignState["asked"];
  readonly junitFile?: string;
  /**
   * The guarantees that end the campaign when one of them breaks, and for which the failure is shrunk. Absent: any
   * broken promise ends the campaign, unless `keepGoing` is set. Used for planted bugs, whose table names the
   * guarantees.
   */
  readonly targets?: readonly string[];
  readonly signal: AbortSignal;
  /** Called before shrinking with the index of the history that broke a promise, and why it is invalid. */
  readonly failed?: (history: number, reason: string) => void;
  /**
   * Called if an error ends the campaign, after the run's files were written and before the error is thrown. Gets the
   * content of campaign.json and the path of the report.
   */
  readonly threw?: (campaign: Campaign, report: string) => void;
  /**
   * Called after each history and during shrinking. Where one history at a time takes long, also called during a
   * history.
   */
  readonly progress: (now: CampaignProgress) => void;
}

/** The progress of a campaign. */
export interface CampaignProgress {
  readonly stage: "running" | "shrinking";
  readonly histories: number;
  /** The number of histories to run. Infinite: as many as run within `timeLimitMs`. */
  readonly asked: number;
  readonly timeLimitMs?: number;
  readonly operations: number;
  readonly faults: number;
  /** Progress inside the current history, where one history at a time takes long. */
  readonly inside?: Progress;
  /** While shrinking: the number of tries so far, and the smallest plan. */
  readonly tries?: number;
  readonly smallest?: string;
}

/** The number of histories of a campaign, or of its shard. Infinite if only the time limits it. */
export function askedOf({
  histories,
  shard,
}: Pick<CampaignOptions, "histories" | "shard">): number {
  return Math.max(0, Math.ceil((histories - shard.index) / shard.of));
}
