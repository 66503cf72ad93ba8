/** Sums the verdicts on the histories of a campaign. */
import { type Outcome, type Verdict, wilson } from "../../checkers/index.ts";
import type { Campaign, Coverage, GuaranteeTotals } from "../../reports/index.ts";
import type { Settings } from "../../generators/index.ts";
import type { Attempt } from "./attempt.ts";
import { createCoverageSum } from "./coverage.ts";

/** In how many histories a guarantee applied, was judged, and was broken. */
interface Counts {
  applicable: number;
  judged: number;
  broken: number;
}

interface FaultCounts {
  injected: number;
  overlapped: number;
}

interface Row {
  promisedIn: number;
  /** Counts the histories that promised the guarantee. */
  readonly promised: Counts;
  /** Counts the histories that did not promise the guarantee. */
  readonly observed: Counts;
  readonly meaning: string;
  /** The reason of the first history in which the guarantee was not applicable. */
  inapplicable: Told | undefined;
  /** The anomaly of the first history that broke the promise. */
  brokenFirst: Told | undefined;
  /** What the guarantee was judged from, in the first history that says so. */
  judgedFrom: Told | undefined;
}

/** A reason, and the index of the first history with this reason. */
type Told = readonly [reason: string, history: number];

/** All totals as JSON. The totals of a campaign's shards add up to the totals of the whole campaign. */
export interface Tallies extends Pick<Campaign, "operations" | "faults"> {
  readonly guarantees: Readonly<Record<string, TallyOfGuarantee>>;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly reasons: Readonly<Record<Outcome, readonly Told[]>>;
  /** The operations, faults and settings that the histories covered. Absent in files of earlier versions. */
  readonly coverage?: Coverage;
  /** How many reads there were, and how many succeeded. Absent in files of earlier versions. */
  readonly reads?: Succeeded;
  /** How many operations other than reads there were, and how many succeeded. Absent in files of earlier versions. */
  readonly writes?: Succeeded;
}

/** The number of operations of one sort (reads, or all others), and how many of them succeeded. */
interface Succeeded {
  readonly asked: number;
  readonly ok: number;
}

interface TallyOfGuarantee {
  readonly promisedIn: number;
  readonly promised: Readonly<Counts>;
  readonly observed: Readonly<Counts>;
  readonly meaning: string;
  readonly inapplicable?: Told;
  /** The anomaly of the first history that broke the promise. Absent without one, or in files of earlier versions. */
  readonly brokenFirst?: Told;
  /** What the guarantee was judged from. Absent if no history says so, or in files of earlier versions. */
  readonly judgedFrom?: Told;
}

/** The failing history that the report describes. */
export type Failed = Pick<Attempt, "verdict"> & { readonly history: number };

export interface Totals {
  /**
   * Adds the verdict on one history.
   *
   * @param history The history's index, which is kept with its reasons.
   * @param settings The settings that the history's plan could vary.
   */
  add(judged: Pick<Attempt, "verdict">, history: number, settings?: Settings): void;
  operations(): { total: number; ok: number; fail: number; info: number };
  faults(): Record<string, FaultCounts>;
  coverage(): Coverage;
  guarantees(): Record<string, GuaranteeTotals>;
  /**
   * The verdict on the campaign. `invalid` if more histories were invalid than `known`; the reasons of `failed` come
   * first. `valid` if histories ran and few of them were unknown, some of the writes and some of the reads succeeded
   * (if there were any), every promise that applied was judged in some history, and all of `claimed` applied in some
   * history. Else `unknown`.
   *
   * @param known The number of invalid histories that are known anomalies, which do not count.
   */
  verdict(
    claimed: readonly string[],
    failed?: Failed,
    known?: number,
  ): { verdict: Outcome; reasons: string[] };
  tallies(): Tallies;
}

/**
 * Whether the unknown histories make the whole run unknown. With a tolerance of 0, a single unknown history does.
 * Otherwise they do if they are more than half of the histories, or if there are at least two of them and the 95 %
 * confidence interval of their share is above the tolerance.
 *
 * @param tolerance The share of histories, 0 to 1, that may be unknown. 0: none may be.
 */
export function isMostlyUnknown(unknown: number, histories: number, tolerance: number): boolean {
  if (tolerance === 0) return unknown > 0;
  return unknown * 2 > histories || (unknown >= 2 && wilson(unknown, histories).low > tolerance);
}

/**
 * Creates the totals of a campaign.
 *
 * @param tolerateUnknown The share of histories, 0 to 1, that may be unknown.
 * @param parts Earlier totals, of shards or of a resumed campaign, to which the new totals add.
 */
export function createTotals(tolerateUnknown: number, parts: readonly Tallies[] = []): Totals {
  const operations = { total: 0, ok: 0, fail: 0, info: 0 };
  const reads = { asked: 0, ok: 0 };
  const writes = { asked: 0, ok: 0 };
  const faults: Record<string, FaultCounts> = {};
  const counts = new Map<string, Row>();
  const outcomes: Record<Outcome, number> = { invalid: 0, unknown: 0, valid: 0 };
  const reasons: Record<Outcome, Map<string, number>> = {
    invalid: new Map(),
    unknown: new Map(),
    valid: new Map(),
  };
  for (const part of parts) addPart(part, operations, faults, counts, outcomes);
  const coverage = createCoverageSum();
  for (const part of parts) {
    if (part.coverage !== undefined) coverage.add(part.coverage);
    if (part.reads !== undefined) addNumbers(reads, part.reads);
    if (part.writes !== undefined) addNumbers(writes, part.writes);
  }
  // The first distinct reasons of the campaign are among the first reasons of its shards.
  for (const verdict of Object.keys(reasons) as Outcome[])
    for (const [reason, history] of parts
      .flatMap((part) => part.reasons[verdict])
      .sort(([, a], [, b]) => a - b))
      if (reasons[verdict].size < reasonsKept && !reasons[verdict].has(reason))
        reasons[verdict].set(reason, history);

  const addGuarantees = (verdict: Verdict, history: number): void => {
    for (const [name, judged] of Object.entries(verdict.guarantees)) {
      const row = counts.get(name) ?? {
        promisedIn: 0,
        promised: { applicable: 0, judged: 0, broken: 0 },
        observed: { applicable: 0, judged: 0, broken: 0 },
        meaning: judged.meaning,
        inapplicable: undefined,
        brokenFirst: undefined,
        judgedFrom: undefined,
      };
      counts.set(name, row);
      if (judged.promised) row.promisedIn++;
      if (judged.verdict === "not-applicable") {
        if (judged.reason !== undefined) row.inapplicable ??= [judged.reason, history];
        continue;
      }
      if (judged.judgedFrom !== undefined)
        row.judgedFrom = firstOf(row.judgedFrom, [judged.judgedFrom, history]);
      const count = judged.promised ? row.promised : row.observed;
      count.applicable++;
      if (judged.verdict !== "unknown") count.judged++;
      if (judged.verdict !== "invalid") continue;
      count.broken++;
      const [anomaly] = judged.anomalies;
      if (judged.promised && anomaly !== undefined)
        row.brokenFirst = firstOf(row.brokenFirst, [anomaly.explanation, history]);
    }
  };

  return {
    add({ verdict }, history, settings = {}) {
      const { stress } = verdict;
      const { tried = {}, met = {} } = stress;
      const values = Object.entries(settings).map(([name, value]) => [
        name,
        { [String(value)]: 1 },
      ]);
      coverage.add({ tried, met, settings: Object.fromEntries(values) as Coverage["settings"] });
      operations.total += stress.operations;
      operations.ok += stress.ok;
      operations.fail += stress.fail;
      operations.info += stress.info;
      if (stress.writes !== undefined) {
        const { asked, ok } = stress.writes;
        addNumbers(writes, { asked, ok });
        addNumbers(reads, { asked: stress.operations - asked, ok: stress.ok - ok });
      }
      addFaults(faults, stress.faults);
      outcomes[verdict.verdict]++;
      const kept = reasons[verdict.verdict];
      for (const reason of verdict.reasons.slice(0, reasonsKept))
        if (kept.size < reasonsKept && !kept.has(reason)) kept.set(reason, history);
      addGuarantees(verdict, history);
    },
    operations: () => operations,
    // Sorted by name, so that the order does not depend on how histories were spread over shards.
    faults: () => Object.fromEntries(Object.entries(faults).sort(([a], [b]) => (a < b ? -1 : 1))),
    coverage: () => coverage.total(),
    guarantees() {
      const rows: Record<string, GuaranteeTotals> = {};
      for (const [name, row] of counts) {
        const { promisedIn, promised, observed, meaning, inapplicable, brokenFirst, judgedFrom } =
          row;
        const counted = promisedIn > 0 ? promised : observed;
        rows[name] = {
          promised: promisedIn > 0,
          verdict:
            counted.broken > 0
              ? "invalid"
              : counted.judged > 0
                ? "valid"
                : counted.applicable > 0
                  ? "unknown"
                  : "not-applicable",
          promisedIn,
          judgedIn: counted.judged,
          brokenIn: counted.broken,
          observed: { judgedIn: observed.judged, brokenIn: observed.broken },
          meaning,
          ...(brokenFirst === undefined ? {} : { brokenFirst: inHistory(brokenFirst) }),
          ...(judgedFrom === undefined ? {} : { judgedFrom: judgedFrom[0] }),
          ...(promised.applicable + observed.applicable > 0 || inapplicable === undefined
            ? {}
            : { inapplicable: inapplicable[0] }),
        };
      }
      return rows;
    },
    verdict(claimed, failed, known = 0) {
      if (outcomes.invalid > known) {
        const first =
          failed?.verdict.reasons
            .slice(0, reasonsKept)
            .map((reason) => [reason, failed.history] as const) ?? [];
        const said = new Set(first.map(([reason]) => reason));
        return {
          verdict: "invalid",
          reasons: [...first, ...[...reasons.invalid].filter(([reason]) => !said.has(reason))].map(
            inHistory,
          ),
        };
      }
      const histories = outcomes.unknown + outcomes.valid + outcomes.invalid;
      if (histories === 0) return { verdict: "unknown", reasons: ["no history was run"] };
      const why: string[] = [];
      if (isMostlyUnknown(outcomes.unknown, histories, tolerateUnknown))
        why.push(
          `${outcomes.unknown} of ${histories} histories could not be judged (quorate tolerates ${Math.min(50, tolerateUnknown * 100)} %, see --tolerate-unknown)`,
          ...[...reasons.unknown].map(inHistory),
        );
      if (writes.asked > 0 && writes.ok === 0)
        why.push(
          `none of ${writes.asked} writes succeeded, and a store that takes no write breaks few promises`,
        );
      if (reads.asked > 0 && reads.ok === 0)
        why.push(
          `none of ${reads.asked} reads succeeded, and a store that answers no read breaks few promises`,
        );
      for (const [name, { promisedIn, promised }] of counts)
        if (promised.applicable > 0 && promised.judged === 0)
          why.push(`${name} was promised in ${promisedIn} histories and judged in none`);
      // A guarantee that the user claims must apply in some history. A promise of the target may be applicable nowhere,
      // if its premise never occurs.
      for (const name of claimed)
        if ((counts.get(name)?.promised.applicable ?? 0) === 0)
          why.push(`${name} was claimed, but applied in none of the ${histories} histories`);
      return why.length > 0
        ? { verdict: "unknown", reasons: why }
        : { verdict: "valid", reasons: [] };
    },
    tallies: () => ({
      operations,
      faults,
      coverage: coverage.total(),
      reads,
      writes,
      outcomes,
      guarantees: Object.fromEntries(
        [...counts].map(([name, { inapplicable, brokenFirst, judgedFrom, ...row }]) => [
          name,
          {
            ...row,
            ...(inapplicable === undefined ? {} : { inapplicable }),
            ...(brokenFirst === undefined ? {} : { brokenFirst }),
            ...(judgedFrom === undefined ? {} : { judgedFrom }),
          },
        ]),
      ),
      reasons: {
        invalid: [...reasons.invalid],
        unknown: [...reasons.unknown],
        valid: [...reasons.valid],
      },
    }),
  };
}

function addPart(
  part: Tallies,
  operations: Record<keyof Tallies["operations"], number>,
  faults: Record<string, FaultCounts>,
  counts: Map<string, Row>,
  outcomes: Record<Outcome, number>,
): void {
  addNumbers(operations, part.operations);
  addNumbers(outcomes, part.outcomes);
  addFaults(faults, part.faults);
  for (const [name, more] of Object.entries(part.guarantees)) {
    const row = counts.get(name);
    if (row === undefined) {
      counts.set(name, {
        ...more,
        promised: { ...more.promised },
        observed: { ...more.observed },
        inapplicable: more.inapplicable,
        brokenFirst: more.brokenFirst,
        judgedFrom: more.judgedFrom,
      });
      continue;
    }
    row.promisedIn += more.promisedIn;
    addNumbers(row.promised, more.promised);
    addNumbers(row.observed, more.observed);
    row.inapplicable = firstOf(row.inapplicable, more.inapplicable);
    row.brokenFirst = firstOf(row.brokenFirst, more.brokenFirst);
    row.judgedFrom = firstOf(row.judgedFrom, more.judgedFrom);
  }
}

/** Returns the reason of the earlier history. */
const firstOf = (one: Told | undefined, other: Told | undefined): Told | undefined =>
  one === undefined || (other !== undefined && other[1] < one[1]) ? other : one;

function addFaults(sums: Record<string, FaultCounts>, more: Campaign["faults"]): void {
  for (const [kind, counts] of Object.entries(more))
    addNumbers((sums[kind] ??= { injected: 0, overlapped: 0 }), counts);
}

function addNumbers<Name extends string>(
  sums: Record<Name, number>,
  more: Readonly<Record<Name, number>>,
): void {
  for (const name of Object.keys(sums) as Name[]) sums[name] += more[name];
}

/** Puts the history's index before a reason, since operations are numbered within their history. */
const inHistory = ([reason, history]: readonly [string, number]): string =>
  `history ${history}: ${reason}`;

/** The largest number of reasons that are kept for each verdict. More would explain nothing new. */
const reasonsKept = 5;
