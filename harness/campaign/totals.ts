/** Adds verdicts up: what a campaign's "no alarm" rests on. */
import { type GuaranteeName, guaranteeNames, guarantees as meanings, type Outcome, type Verdict } from "../../checkers/index.ts";
import type { GuaranteeTotals } from "../../reports/index.ts";
import type { Attempt } from "./attempt.ts";

interface Counts {
  promisedIn: number;
  judgedIn: number;
  brokenIn: number;
  unknownIn: number;
  applicableIn: number;
}

export interface Totals {
  add(attempted: Attempt): void;
  operations(): { total: number; ok: number; fail: number; info: number };
  faults(): Record<string, { injected: number; overlapped: number }>;
  guarantees(): Partial<Record<GuaranteeName, GuaranteeTotals>>;
  /** By the rule of design.md: invalid if anything was; valid if at most 1 % were unknown and every promise was really judged. */
  verdict(): { verdict: Outcome; reasons: string[] };
}

export function createTotals(): Totals {
  const operations = { total: 0, ok: 0, fail: 0, info: 0 };
  const faults: Record<string, { injected: number; overlapped: number }> = {};
  const counts = new Map<GuaranteeName, Counts>();
  const outcomes: Record<Outcome, number> = { invalid: 0, unknown: 0, valid: 0 };
  const reasons: Record<Outcome, Set<string>> = { invalid: new Set(), unknown: new Set(), valid: new Set() };

  const addGuarantees = (verdict: Verdict): void => {
    for (const name of guaranteeNames) {
      const judged = verdict.guarantees[name];
      if (judged === undefined) continue;
      const count = counts.get(name) ?? { promisedIn: 0, judgedIn: 0, brokenIn: 0, unknownIn: 0, applicableIn: 0 };
      counts.set(name, count);
      if (judged.promised) count.promisedIn++;
      if (judged.verdict === "not-applicable") continue;
      count.applicableIn++;
      if (judged.judged > 0 && judged.verdict !== "unknown") count.judgedIn++;
      if (judged.verdict === "invalid") count.brokenIn++;
      if (judged.verdict === "unknown") count.unknownIn++;
    }
  };

  return {
    add({ verdict }) {
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
      for (const reason of verdict.reasons.slice(0, reasonsKept)) if (reasons[verdict.verdict].size < reasonsKept) reasons[verdict.verdict].add(reason);
      addGuarantees(verdict);
    },
    operations: () => operations,
    faults: () => faults,
    guarantees() {
      const rows: Partial<Record<GuaranteeName, GuaranteeTotals>> = {};
      for (const [name, count] of counts) {
        rows[name] = {
          promised: count.promisedIn > 0,
          verdict: count.brokenIn > 0 ? "invalid" : count.judgedIn > 0 ? "valid" : count.applicableIn > 0 ? "unknown" : "not-applicable",
          promisedIn: count.promisedIn,
          judgedIn: count.judgedIn,
          brokenIn: count.brokenIn,
          meaning: meanings[name],
        };
      }
      return rows;
    },
    verdict() {
      if (outcomes.invalid > 0) return { verdict: "invalid", reasons: [...reasons.invalid] };
      const histories = outcomes.unknown + outcomes.valid;
      if (histories === 0) return { verdict: "unknown", reasons: ["no history was run"] };
      const why: string[] = [];
      if (outcomes.unknown > histories * unknownShare) why.push(`${outcomes.unknown} of ${histories} histories were unknown (at most 1 % may be)`, ...reasons.unknown);
      for (const [name, count] of counts)
        if (count.promisedIn > 0 && count.judgedIn === 0) why.push(`${name} was promised in ${count.promisedIn} histories and judged in none`);
      return why.length > 0 ? { verdict: "unknown", reasons: why } : { verdict: "valid", reasons: [] };
    },
  };
}

const unknownShare = 0.01;
/** More of the same explains nothing. */
const reasonsKept = 5;
