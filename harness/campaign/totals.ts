/** Adds verdicts up: what a campaign's "no alarm" rests on. */
import { type GuaranteeName, type Outcome, type Verdict, wilson } from "../../checkers/index.ts";
import type { GuaranteeTotals } from "../../reports/index.ts";
import type { Attempt } from "./attempt.ts";

/** Of the histories in which a guarantee applied, apart: those that promised (or claimed) it, and those that only observed it. */
interface Counts {
  applicable: number;
  judged: number;
  broken: number;
}

interface Row {
  promisedIn: number;
  readonly promised: Counts;
  readonly observed: Counts;
  readonly meaning: string;
  /** Why it was not applicable, the first time. */
  inapplicable: string | undefined;
}

/** The failing history that the report tells of. */
export type Failed = Pick<Attempt, "verdict"> & { readonly history: number };

export interface Totals {
  /** `history`: its index, by which the reasons that are kept of it name it. */
  add(judged: Pick<Attempt, "verdict">, history: number): void;
  operations(): { total: number; ok: number; fail: number; info: number };
  faults(): Record<string, { injected: number; overlapped: number }>;
  guarantees(): Record<string, GuaranteeTotals>;
  /** Invalid if anything was, the reasons of `failed` first; valid if few were unknown and every promise was really judged. */
  verdict(
    claimed: readonly GuaranteeName[],
    failed?: Failed,
  ): { verdict: Outcome; reasons: string[] };
}

/**
 * Whether so many unknown histories make the whole run unknown: fewer than half could be judged, or at least two could not
 * and their share exceeds the tolerance with 95 % confidence. One unlucky history among few decides nothing.
 *
 * @param tolerance A share, 0 to 1.
 */
export function isMostlyUnknown(unknown: number, histories: number, tolerance: number): boolean {
  return unknown * 2 > histories || (unknown >= 2 && wilson(unknown, histories).low > tolerance);
}

/** @param tolerateUnknown The share of histories, 0 to 1, that may be unknown. */
export function createTotals(tolerateUnknown: number): Totals {
  const operations = { total: 0, ok: 0, fail: 0, info: 0 };
  const faults: Record<string, { injected: number; overlapped: number }> = {};
  const counts = new Map<string, Row>();
  const outcomes: Record<Outcome, number> = { invalid: 0, unknown: 0, valid: 0 };
  const reasons: Record<Outcome, Map<string, number>> = {
    invalid: new Map(),
    unknown: new Map(),
    valid: new Map(),
  };

  const addGuarantees = (verdict: Verdict): void => {
    for (const [name, judged] of Object.entries(verdict.guarantees)) {
      const row = counts.get(name) ?? {
        promisedIn: 0,
        promised: { applicable: 0, judged: 0, broken: 0 },
        observed: { applicable: 0, judged: 0, broken: 0 },
        meaning: judged.meaning,
        inapplicable: undefined,
      };
      counts.set(name, row);
      if (judged.promised) row.promisedIn++;
      if (judged.verdict === "not-applicable") {
        row.inapplicable ??= judged.reason;
        continue;
      }
      const count = judged.promised ? row.promised : row.observed;
      count.applicable++;
      if (judged.verdict !== "unknown") count.judged++;
      if (judged.verdict === "invalid") count.broken++;
    }
  };

  return {
    add({ verdict }, history) {
      const { stress } = verdict;
      operations.total += stress.operations;
      operations.ok += stress.ok;
      operations.fail += stress.fail;
      operations.info += stress.info;
      for (const [kind, { injected, overlapped }] of Object.entries(stress.faults)) {
        const sum = (faults[kind] ??= { injected: 0, overlapped: 0 });
        sum.injected += injected;
        sum.overlapped += overlapped;
      }
      outcomes[verdict.verdict]++;
      const kept = reasons[verdict.verdict];
      for (const reason of verdict.reasons.slice(0, reasonsKept))
        if (kept.size < reasonsKept && !kept.has(reason)) kept.set(reason, history);
      addGuarantees(verdict);
    },
    operations: () => operations,
    faults: () => faults,
    guarantees() {
      const rows: Record<string, GuaranteeTotals> = {};
      for (const [name, { promisedIn, promised, observed, meaning, inapplicable }] of counts) {
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
          ...(promised.applicable + observed.applicable > 0 || inapplicable === undefined
            ? {}
            : { inapplicable }),
        };
      }
      return rows;
    },
    verdict(claimed, failed) {
      if (outcomes.invalid > 0) {
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
      const histories = outcomes.unknown + outcomes.valid;
      if (histories === 0) return { verdict: "unknown", reasons: ["no history was run"] };
      const why: string[] = [];
      if (isMostlyUnknown(outcomes.unknown, histories, tolerateUnknown))
        why.push(
          `${outcomes.unknown} of ${histories} histories could not be judged (tolerated: ${tolerateUnknown * 100} %, see --tolerate-unknown)`,
          ...[...reasons.unknown].map(inHistory),
        );
      for (const [name, { promisedIn, promised }] of counts)
        if (promised.applicable > 0 && promised.judged === 0)
          why.push(`${name} was promised in ${promisedIn} histories and judged in none`);
      // What a person claims on purpose must be judged somewhere; that a promise's premise never occurred is nobody's mistake.
      for (const name of claimed)
        if ((counts.get(name)?.promised.applicable ?? 0) === 0)
          why.push(`${name} was claimed, but applied in none of the ${histories} histories`);
      return why.length > 0
        ? { verdict: "unknown", reasons: why }
        : { verdict: "valid", reasons: [] };
    },
  };
}

/** An operation's number means nothing without its history. */
const inHistory = ([reason, history]: readonly [string, number]): string =>
  `history ${history}: ${reason}`;

/** More of the same explains nothing. */
const reasonsKept = 5;
