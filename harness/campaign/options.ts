import type { PlanOptions } from "../../generators/index.ts";
import { openSettings } from "../targets/bundled/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import type { Progress } from "../run/index.ts";
import type { Search } from "../search/index.ts";
import type { CampaignState, Resumed } from "./resume.ts";

/** What a person left open, each plan of a campaign draws for itself. */
export const swarmable: readonly string[] = openSettings;
/** Under a profile: what is no part of what a profile is. */
export const swarmableUnderProfile: readonly string[] = ["nodes", "segmentBytes"];

/** Which histories stay in the run's folder: those that are not valid; also a sample of the valid ones; all. */
export const keeps = ["failing", "sample", "all"] as const;
export type Keep = (typeof keeps)[number];

/** What a campaign runs, on what, for how long, and where it writes. */
export interface CampaignOptions {
  readonly cluster: Cluster;
  /**
   * More clusters of the same kind, where time is real: histories and tries of shrinking run on all of them at a time.
   * Default: none.
   */
  readonly beside?: readonly Cluster[];
  readonly seed: number;
  readonly histories: number;
  /** So many threads run histories, on the simulator, where `beside` is empty; results are the same for any number. */
  readonly jobs: number;
  /**
   * Runs only the plans whose index leaves `index` when divided by `of`: `of` shards together are the whole campaign.
   */
  readonly shard: { readonly index: number; readonly of: number };
  /** No history starts after this, and shrinking takes what is left. */
  readonly timeLimitMs?: number;
  readonly plans: PlanOptions;
  /** Where plans come from; absent: each is drawn afresh. "guided" needs a single shard. */
  readonly search?: Search;
  /** Go on after a broken promise, to the last history; then shrink one failure of each shape. Default: false. */
  readonly keepGoing?: boolean;
  /** Fingerprints of anomalies that are known: they do not fail a campaign that keeps going. */
  readonly known?: readonly string[];
  /** Default: "sample", each hundredth of the valid simulated histories, and all others. */
  readonly keep?: Keep;
  /** Kinds of fault that a person named: a run says which of them it never injected. */
  readonly askedFaults?: readonly string[];
  /** The profile that was asked for, for the record. */
  readonly profile?: string;
  /** The folder of runs. */
  readonly out: string;
  /** The command as it was asked, for the record. */
  readonly command: string;
  /** The command that finds the same again on another machine. */
  readonly again?: string;
  readonly evidence: boolean;
  /** The share of histories, 0 to 1, that may be unknown without making the run unknown. */
  readonly tolerateUnknown: number;
  /** No try of shrinking starts after this. null: no shrinking. */
  readonly shrinkTimeoutMs: number | null;
  /** Shrinking ends after so many tries. Absent: time alone ends it. */
  readonly shrinkTries?: number;
  /** A campaign that goes on: what its folder holds is kept, and the rest is run. */
  readonly resumed?: Resumed;
  /** What is written down for the campaign that goes on. */
  readonly asked?: CampaignState["asked"];
  readonly junitFile?: string;
  /**
   * Stop only when one of these breaks, and shrink for it; absent: at the first broken promise, whichever. For planted
   * bugs, whose rows name them.
   */
  readonly targets?: readonly string[];
  readonly signal: AbortSignal;
  /** Called once a history broke a promise, before a smaller one is looked for: its index, and why it is invalid. */
  readonly failed?: (history: number, reason: string) => void;
  /** Called after each history, and now and then within it. */
  readonly progress: (now: CampaignProgress) => void;
}

/** How far a campaign is. */
export interface CampaignProgress {
  readonly stage: "running" | "shrinking";
  readonly histories: number;
  readonly asked: number;
  readonly operations: number;
  readonly faults: number;
  /** Inside the history that runs, on clusters where that takes a while. */
  readonly inside?: Progress;
  /** While shrinking: tries so far, and the smallest plan. */
  readonly tries?: number;
  readonly smallest?: string;
}

/** How many histories a campaign has: its shard's share of them all. */
export function askedOf({
  histories,
  shard,
}: Pick<CampaignOptions, "histories" | "shard">): number {
  return Math.max(0, Math.ceil((histories - shard.index) / shard.of));
}
