/**
 * The content of campaign.json: how the campaign was run, each history's hash and verdict, and the totals. Also a
 * history as a report shows it.
 */
import type { Anomaly, HistoryEvent, Outcome, Verdict } from "../checkers/index.ts";
import type { Plan, PlanSize } from "../generators/index.ts";

/** How well one history's broadcasts spread. */
export interface Spread {
  /** The number of messages between nodes. */
  readonly messages: number;
  /** The number of operations, including the final reads. */
  readonly operations: number;
  /**
   * The median, over all acknowledged broadcasts, of the time from a broadcast until no later read missed it, in ms.
   * `maximalStableMs` is the longest such time.
   */
  readonly medianStableMs: number;
  readonly maximalStableMs: number;
}

/** One history of a campaign. */
export interface HistoryRow {
  readonly index: number;
  /** The SHA-256 hash of history.jsonl, in hexadecimal digits. */
  readonly hash: string;
  readonly verdict: Outcome;
  readonly operations: number;
  readonly elapsedMs: number;
  /** The history's folder inside the run's folder. Absent: the history was not kept. */
  readonly folder?: string;
  /** Why the environment failed in the first try. Absent: the history ran once. */
  readonly retried?: string;
  /** Why the history is invalid or unknown, in one sentence. Absent for a valid history. */
  readonly why?: string;
  /** For an invalid history of a campaign with --keep-going: its position in `likenesses`. */
  readonly likeness?: number;
  /**
   * How well the history's broadcasts spread. Absent if this was not measured, for example since nothing was broadcast.
   */
  readonly spread?: Spread;
}

/** Failing histories whose anomalies have the same shape. At most one of them, the first, is shrunk. */
export interface Likeness {
  /** The guarantee and the operations of the anomaly, with nodes and keys renamed. */
  readonly shape: string;
  readonly guarantee: string;
  /** What is wrong in the first failing history with this shape. */
  readonly explanation: string;
  /**
   * The number of failing histories with this shape. `first` and `folder` are the index and the folder of the first
   * one.
   */
  readonly histories: number;
  readonly first: number;
  readonly folder: string;
  /** The smallest case of the first history. Absent: the history was not shrunk. */
  readonly smallest?: {
    /** The guarantee, the operations of each client and the kinds of fault, with nodes and keys renamed. */
    readonly fingerprint: string;
    readonly explanation: string;
    readonly folder: string;
    readonly steps: readonly string[];
    readonly from: PlanSize;
    readonly to: PlanSize;
    readonly tries: number;
    readonly ended: string;
    readonly reproduced?: { readonly runs: number; readonly failed: number };
    readonly replayAnywhere?: string;
  };
}

/**
 * Failing histories that most likely have one bug as their cause: their smallest cases have the same fingerprint, or,
 * where none was shrunk, their anomalies the same shape.
 */
export interface Finding {
  readonly fingerprint: string;
  readonly guarantee: string;
  readonly explanation: string;
  readonly histories: number;
  /**
   * The index of the first history with this finding. `folder` is the folder of its smallest case, or its own folder if
   * it was not shrunk.
   */
  readonly first: number;
  readonly folder: string;
  readonly replayAnywhere?: string;
  /** True if the file of known fingerprints lists this finding, so that it does not fail the campaign. */
  readonly known: boolean;
}

/** The result for one guarantee over all histories of a campaign. */
export interface GuaranteeTotals {
  /** One sentence that says what the guarantee means. */
  readonly meaning: string;
  readonly promised: boolean;
  readonly verdict: Outcome | "not-applicable";
  /** The number of histories that promised (or claimed) the guarantee. */
  readonly promisedIn: number;
  /**
   * The number of histories in which the guarantee was judged, among the histories that promised it, or among all if
   * none did. `brokenIn` counts those in which it was broken.
   */
  readonly judgedIn: number;
  readonly brokenIn: number;
  /**
   * Among the histories that did not promise the guarantee: in how many it was judged, and in how many it did not hold.
   * The latter breaks no promise.
   */
  readonly observed: { readonly judgedIn: number; readonly brokenIn: number };
  /**
   * What the guarantee was judged from, and why, in the first history that lacked what the checker judges from
   * otherwise. Absent: no history lacked it.
   */
  readonly judgedFrom?: string;
  /** Why the guarantee was not applicable. Present if it was applicable in no history. */
  readonly inapplicable?: string;
  /** The first anomaly that broke the promise, with its history's index. */
  readonly brokenFirst?: string;
}

/** The content of campaign.json. */
export interface Campaign {
  readonly format: "quorate-campaign/2";
  /** The store under test. */
  readonly target: { readonly name: string; readonly version: string };
  readonly verdict: Outcome;
  /** A sentence for each reason of the verdict, the most important first. */
  readonly reasons: readonly string[];
  readonly on: string;
  readonly seed: number;
  readonly bug?: string;
  /**
   * The command as the user typed it (after `quorate merge`: without the shard). `replay` is the command that replays
   * the failing or unknown history, or else runs the campaign again.
   */
  readonly command: string;
  readonly replay: string;
  /**
   * The command that runs the campaign again on any machine that has the target, since it contains version, target,
   * seed and shard. Absent in files of earlier versions.
   */
  readonly again?: string;
  /**
   * The command that goes on with the campaign after a signal stopped it. Absent if no signal did, if the campaign had
   * not saved its state, and in files of earlier versions.
   */
  readonly resume?: string;
  /**
   * A command that replays the failure on any machine that has the target, since it contains the plan. Absent without a
   * failure, or if the command cannot contain the plan, for example because it is too large or needs files of this
   * machine.
   */
  readonly replayAnywhere?: string;
  /**
   * What `replayAnywhere` needs on another machine besides quorate, for example "the program at ./node.py". Absent
   * without `replayAnywhere`, if the command needs nothing else, and in files of earlier versions.
   */
  readonly replayNeeds?: readonly string[];
  readonly version: string;
  /** The chosen profile. Absent: none was chosen. */
  readonly profile?: string;
  /** The environment: name (node, platform, image, engine, …) → value. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly startedAt: string;
  readonly elapsedMs: number;
  readonly asked: number;
  /** The share of histories, 0 to 1, that may be unknown. Absent in files of earlier versions. */
  readonly tolerateUnknown?: number;
  readonly histories: readonly HistoryRow[];
  readonly operations: {
    readonly total: number;
    readonly ok: number;
    readonly fail: number;
    readonly info: number;
  };
  /** The counts of each kind of fault. A kind that the user named and no history injected has zeros. */
  readonly faults: Readonly<
    Record<string, { readonly injected: number; readonly overlapped: number }>
  >;
  /** What the run covered. Absent in files of earlier versions. */
  readonly coverage?: Coverage;
  readonly guarantees: Readonly<Record<string, GuaranteeTotals>>;
  readonly anomalies: readonly Anomaly[];
  /**
   * The number of anomalies that the checkers found in the history of `anomalies`, which has at most three of each
   * guarantee. Absent in files of earlier versions.
   */
  readonly anomaliesFound?: number;
  /**
   * The histories that the report shows, in order. If a promise was broken, the first one has the `anomalies`. Absent
   * in files of earlier versions.
   */
  readonly shown?: readonly ShownHistory[];
  readonly shrunk?: {
    readonly folder: string;
    /** The index of the history that was shrunk. Absent in files of earlier versions. */
    readonly history?: number;
    readonly from: PlanSize;
    readonly to: PlanSize;
    readonly tries: number;
    /** Why shrinking ended: nothing smaller failed, the time or the tries were used up, or it was interrupted. */
    readonly ended: string;
    /** In real time: how often the smallest plan ran again after shrinking, and how many of these runs failed. */
    readonly reproduced?: { readonly runs: number; readonly failed: number };
  };
  /** For a campaign with --keep-going: its findings in order of their first history. */
  readonly findings?: readonly Finding[];
  readonly likenesses?: readonly Likeness[];
  /** The verdict without known findings, which decides the exit status. Present if it differs from `verdict`. */
  readonly withoutKnown?: Outcome;
  /** The fingerprints that the user named as known. */
  readonly known?: readonly string[];
  /**
   * What `quorate merge` needs to join the shards of a campaign. Present in a campaign with --keep-going, and so in
   * each shard.
   */
  readonly part?: {
    /** A digest of what decides the histories. All shards of a campaign have the same digest. */
    readonly campaign: string;
    /** The number of histories of the whole campaign. 0 if only the time limits it. */
    readonly histories: number;
    /** Which shard this is. `index` counts from 0. */
    readonly shard: { readonly index: number; readonly of: number };
    readonly tolerateUnknown: number;
    readonly claimed: readonly string[];
    readonly tallies: unknown;
  };
  /** Why the run ended early, for example by Ctrl-C or a failure of the environment, or that it still goes on. */
  readonly interrupted?: string;
  /**
   * The error that a tested node caused and that ended the run, in one sentence: the node broke the protocol of its
   * messages, or left processes behind. The verdict is then invalid, also if every judged history is valid.
   */
  readonly nodeFault?: string;
}

/** What a run covered. A count of 0 means that it was possible and never happened. */
export interface Coverage {
  /** The number of operations by function (`read`, `write`, …). */
  readonly tried: Readonly<Record<string, number>>;
  /** The number of operations that overlapped a fault, by kind of fault and function. */
  readonly met: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The number of histories with each value of each setting that plans could vary. */
  readonly settings: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** A history that the report shows. */
export interface ShownHistory {
  readonly title: string;
  /** The history's folder inside the run's folder. */
  readonly folder: string;
  /** The history's index. For a smallest case, it is the index of the history that was shrunk. */
  readonly history: number;
}

/** A history for the report, with its plan, verdict and title. */
export interface Exhibit {
  readonly title: string;
  readonly plan: Plan;
  readonly events: readonly HistoryEvent[];
  readonly verdict: Verdict;
}
