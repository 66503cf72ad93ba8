/** campaign.json: the options, each history's hash and verdict, and the totals. */
import type { Anomaly, HistoryEvent, Outcome, Verdict } from "../checkers/index.ts";
import type { Plan, PlanSize } from "../generators/index.ts";

/** How well one history's broadcasts spread. */
export interface Spread {
  /** The number of messages between nodes. */
  readonly messages: number;
  /** The number of operations, including the final reads. */
  readonly operations: number;
  /** The median time from a broadcast until no later read missed it, in ms. */
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
  /** Its folder inside the run's folder. Absent: the history was not kept. */
  readonly folder?: string;
  /** Why the environment failed the first try. Absent: the history ran once. */
  readonly retried?: string;
  /** Why it is invalid or unknown, in one sentence. */
  readonly why?: string;
  /** For an invalid history of a campaign with --keep-going: its position in `likenesses`. */
  readonly likeness?: number;
  /** For broadcasts: how well they spread. Absent: nothing was broadcast. */
  readonly spread?: Spread;
}

/** Failing histories whose anomalies have the same shape. The first was shrunk for all of them. */
export interface Likeness {
  /** The guarantee and the operations of the anomaly, with nodes and keys renamed. */
  readonly shape: string;
  readonly guarantee: string;
  /** What is wrong in the first history. */
  readonly explanation: string;
  /** The number of histories, and the index and folder of the first. */
  readonly histories: number;
  readonly first: number;
  readonly folder: string;
  /** The smallest case of the first history. Absent: it was not shrunk. */
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

/** Failing histories that are most likely one bug: their smallest cases have the same fingerprint. */
export interface Finding {
  readonly fingerprint: string;
  readonly guarantee: string;
  readonly explanation: string;
  readonly histories: number;
  /**
   * The index of the first failing history, and the folder of its smallest case (or its own folder if it was not
   * shrunk).
   */
  readonly first: number;
  readonly folder: string;
  readonly replayAnywhere?: string;
  /** Whether the file of known fingerprints lists it, so that it does not fail the campaign. */
  readonly known: boolean;
}

/** One guarantee over all histories of a campaign. */
export interface GuaranteeTotals {
  /** One sentence that says what the guarantee means. */
  readonly meaning: string;
  readonly promised: boolean;
  readonly verdict: Outcome | "not-applicable";
  /** Histories in which it was promised (or claimed). */
  readonly promisedIn: number;
  /**
   * Among these (or among all histories, if none promised it): in how many it was judged, and in how many it was
   * broken.
   */
  readonly judgedIn: number;
  readonly brokenIn: number;
  /**
   * Histories that did not promise it: in how many it was judged, and in how many it did not hold. That breaks no
   * promise.
   */
  readonly observed: { readonly judgedIn: number; readonly brokenIn: number };
  /** Why it was not applicable in any history. */
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
  /** A sentence for each reason, the most important first. */
  readonly reasons: readonly string[];
  readonly on: string;
  readonly seed: number;
  readonly bug?: string;
  /** The command as the user typed it, and the one that replays the failure (or the run). */
  readonly command: string;
  readonly replay: string;
  /**
   * The command that finds the same failure on any machine: it contains version, target, seed and shard. Absent in
   * files of earlier versions.
   */
  readonly again?: string;
  /** A command that replays the failure on any machine, since it contains the plan. Present if the plan is small. */
  readonly replayAnywhere?: string;
  readonly version: string;
  /** The chosen profile. Absent: default settings, some of them drawn. */
  readonly profile?: string;
  /** The environment: name (node, platform, image, engine, …) → version. */
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
  /** By kind. A kind that was named but never drawn has zeros. */
  readonly faults: Readonly<
    Record<string, { readonly injected: number; readonly overlapped: number }>
  >;
  /** What the run covered. Absent in files of earlier versions. */
  readonly coverage?: Coverage;
  readonly guarantees: Readonly<Record<string, GuaranteeTotals>>;
  readonly anomalies: readonly Anomaly[];
  /**
   * The histories that the report shows, in order. Absent in files of earlier versions. The first has the anomalies
   * above.
   */
  readonly shown?: readonly ShownHistory[];
  readonly shrunk?: {
    readonly folder: string;
    /** The index of the history that was shrunk. Absent in files of earlier versions. */
    readonly history?: number;
    readonly from: PlanSize;
    readonly to: PlanSize;
    readonly tries: number;
    /** Why shrinking ended: nothing smaller failed, the time was up, or it was interrupted. */
    readonly ended: string;
    /** In containers: how many re-runs of the smallest plan failed again. */
    readonly reproduced?: { readonly runs: number; readonly failed: number };
  };
  /** For a campaign with --keep-going: its findings in order of their first history. */
  readonly findings?: readonly Finding[];
  readonly likenesses?: readonly Likeness[];
  /** The verdict without known findings, which decides the exit status. Present if every failure is known. */
  readonly withoutKnown?: Outcome;
  /** The fingerprints that the user named as known. */
  readonly known?: readonly string[];
  /**
   * Present if this is one shard of a campaign: which part of which campaign this is, and what `quorate merge` needs to
   * join the parts.
   */
  readonly part?: {
    /** A digest of everything that decides the histories. The same in all parts of a campaign. */
    readonly campaign: string;
    /** The number of histories of the whole campaign. */
    readonly histories: number;
    /** From 0. */
    readonly shard: { readonly index: number; readonly of: number };
    readonly tolerateUnknown: number;
    readonly claimed: readonly string[];
    readonly tallies: unknown;
  };
  /** Why the run ended early (Ctrl-C, a failure of the environment). */
  readonly interrupted?: string;
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
  /** Its folder inside the run's. */
  readonly folder: string;
  /** Its index. For the smallest case: the index of the history that was shrunk. */
  readonly history: number;
}

/** A history with its plan, verdict and name for the report. */
export interface Exhibit {
  readonly title: string;
  readonly plan: Plan;
  readonly events: readonly HistoryEvent[];
  readonly verdict: Verdict;
}
