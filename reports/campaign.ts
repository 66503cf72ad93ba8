/** campaign.json: what was asked, each history's hash and verdict, the totals. */
import type { Anomaly, HistoryEvent, Outcome, Verdict } from "../checkers/index.ts";
import type { Plan, PlanSize } from "../generators/index.ts";

/** How well one history's broadcasts spread. */
export interface Spread {
  /** How many messages nodes sent each other. */
  readonly messages: number;
  /** How many operations there were, the final reads included. */
  readonly operations: number;
  /** From the invocation until no later read missed the number. */
  readonly medianStableMs: number;
  readonly maximalStableMs: number;
}

/** One history of a campaign. */
export interface HistoryRow {
  readonly index: number;
  /** SHA-256 of history.jsonl, hex. */
  readonly hash: string;
  readonly verdict: Outcome;
  readonly operations: number;
  readonly elapsedMs: number;
  /** Its folder below the run's, where it was kept. */
  readonly folder?: string;
  /** It ran twice: what the environment did to the first try. Absent: it ran once. */
  readonly retried?: string;
  /** Why it is invalid or unknown, in one sentence. */
  readonly why?: string;
  /** Of an invalid history of a campaign that kept going: the position in `likenesses`. */
  readonly likeness?: number;
  /** Of broadcasts: how well they spread. Absent: nothing was broadcast. */
  readonly spread?: Spread;
}

/** Failing histories whose anomalies have the same shape. One of them, the first, was shrunk for all. */
export interface Likeness {
  /** The guarantee and the operations of the anomaly, with nodes and keys renamed. */
  readonly shape: string;
  readonly guarantee: string;
  /** What is wrong in the first of them. */
  readonly explanation: string;
  /** How many, and the index and folder of the first. */
  readonly histories: number;
  readonly first: number;
  readonly folder: string;
  /** What the first shrank to. Absent: it was not shrunk. */
  readonly smallest?: {
    /** Guarantee, operations of each client, kinds of fault, with nodes and keys renamed. */
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

/** Failing histories that are one bug, most likely: their smallest cases have the same fingerprint. */
export interface Finding {
  readonly fingerprint: string;
  readonly guarantee: string;
  readonly explanation: string;
  readonly histories: number;
  /**
   * The index of the first failing history, and the folder of its smallest case (of itself where it was not shrunk).
   */
  readonly first: number;
  readonly folder: string;
  readonly replayAnywhere?: string;
  /** The file of known fingerprints lists it: it does not fail the campaign. */
  readonly known: boolean;
}

/** One guarantee over all histories of a campaign. */
export interface GuaranteeTotals {
  /** What the guarantee says, in one sentence. */
  readonly meaning: string;
  readonly promised: boolean;
  readonly verdict: Outcome | "not-applicable";
  /** Histories in which it was promised (or claimed). */
  readonly promisedIn: number;
  /** Of those (of all, where none promised it): in which it was really judged, in which it was broken. */
  readonly judgedIn: number;
  readonly brokenIn: number;
  /**
   * The histories that did not promise it: in which it was judged all the same, in which it did not hold. That breaks
   * no promise.
   */
  readonly observed: { readonly judgedIn: number; readonly brokenIn: number };
  /** Why it was not applicable in any history. */
  readonly inapplicable?: string;
  /** What broke the promise in the first history that did, with that history's index. */
  readonly brokenFirst?: string;
}

/** The content of campaign.json. */
export interface Campaign {
  readonly format: "quorate-campaign/2";
  /** The store under test. */
  readonly target: { readonly name: string; readonly version: string };
  readonly verdict: Outcome;
  /** Why, a sentence each, the most important first. */
  readonly reasons: readonly string[];
  readonly on: string;
  readonly seed: number;
  readonly bug?: string;
  /** The command as it was asked, and the one that replays the failure (or the run). */
  readonly command: string;
  readonly replay: string;
  /**
   * The command that finds the same again on any machine: version, target, seed and shard are in it. Absent in files of
   * earlier versions.
   */
  readonly again?: string;
  /** The failure's replay in one line that needs no file: its plan is in the command. Where the plan is small. */
  readonly replayAnywhere?: string;
  readonly version: string;
  /** The profile that was asked for; absent: none, the settings were the default ones, drawn in part. */
  readonly profile?: string;
  /** What it ran in: name (node, platform, image, engine, …) → version. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly startedAt: string;
  readonly elapsedMs: number;
  readonly asked: number;
  /** The share of histories, 0 to 1, that may be unknown; absent in files of earlier versions. */
  readonly tolerateUnknown?: number;
  readonly histories: readonly HistoryRow[];
  readonly operations: {
    readonly total: number;
    readonly ok: number;
    readonly fail: number;
    readonly info: number;
  };
  /** By kind. A kind that was asked for by name and that no plan drew has zeros. */
  readonly faults: Readonly<
    Record<string, { readonly injected: number; readonly overlapped: number }>
  >;
  /** What met what; absent in files of earlier versions. */
  readonly coverage?: Coverage;
  readonly guarantees: Readonly<Record<string, GuaranteeTotals>>;
  readonly anomalies: readonly Anomaly[];
  /**
   * The histories that the report shows, in its order; absent in files of earlier versions. The first has the anomalies
   * above.
   */
  readonly shown?: readonly ShownHistory[];
  readonly shrunk?: {
    readonly folder: string;
    /** The index of the history that it was shrunk from; absent in files of earlier versions. */
    readonly history?: number;
    readonly from: PlanSize;
    readonly to: PlanSize;
    readonly tries: number;
    /** Why shrinking ended: nothing smaller fails, the time was up, interrupted. */
    readonly ended: string;
    /** On docker: in how many of how many re-runs the smallest plan failed again. */
    readonly reproduced?: { readonly runs: number; readonly failed: number };
  };
  /**
   * Of a campaign that kept going after its first failure: its failures, those that are alike together, by their first
   * history.
   */
  readonly findings?: readonly Finding[];
  readonly likenesses?: readonly Likeness[];
  /** Where the file of known fingerprints covers every failure: the verdict without them, which is the exit status. */
  readonly withoutKnown?: Outcome;
  /** The known fingerprints that were given. */
  readonly known?: readonly string[];
  /** Which part of which campaign this is, and what `quorate merge` needs to put the parts together. */
  readonly part?: {
    /** A digest of all that decides what the histories are; the same in all parts of a campaign. */
    readonly campaign: string;
    /** Of the whole campaign. */
    readonly histories: number;
    /** From 0. */
    readonly shard: { readonly index: number; readonly of: number };
    readonly tolerateUnknown: number;
    readonly claimed: readonly string[];
    readonly tallies: unknown;
  };
  /** The run ended early (Ctrl-C, an environment's failure): what happened. */
  readonly interrupted?: string;
}

/** What a run covered. A count of 0 says that it was possible and never happened. */
export interface Coverage {
  /** By function (`read`, `write`, …): how many operations were tried. */
  readonly tried: Readonly<Record<string, number>>;
  /** By kind of fault and function: how many operations it overlapped. */
  readonly met: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** By setting that plans could vary, and value: in how many histories. */
  readonly settings: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** A history that the report shows. */
export interface ShownHistory {
  readonly title: string;
  /** Its folder below the run's. */
  readonly folder: string;
  /** Its index among the histories; of the smallest one, of the history that it was shrunk from. */
  readonly history: number;
}

/** One history with all that belongs to it. */
export interface Exhibit {
  readonly title: string;
  readonly plan: Plan;
  readonly events: readonly HistoryEvent[];
  readonly verdict: Verdict;
}
