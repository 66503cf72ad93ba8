/** The healthy twin of a planted bug: the same settings, kinds of fault and seeds without the bug. Any broken promise is a false alarm. */
import type { GuaranteeName } from "../../checkers/index.ts";
import { planAt, toToken } from "../../generators/index.ts";
import { attempt, brokenPromises, createTotals } from "../campaign/index.ts";
import type { HuntOptions } from "./options.ts";
import { huntPlans, rowOf } from "./plans.ts";

export interface Alarm {
  readonly guarantees: readonly GuaranteeName[];
  readonly explanation: string;
  readonly replay: string;
}

export interface TwinRow {
  /** Whose twin. */
  readonly bug: string;
  readonly histories: number;
  readonly alarms: readonly Alarm[];
  /** Histories whose verdict was unknown. */
  readonly unknown: number;
  /** Of all operations, the share that succeeded. */
  readonly okShare: number;
  /** Of the guarantees that the bug must break: in how many histories each was promised, and really judged. */
  readonly judged: Readonly<Record<string, { readonly promised: number; readonly judged: number }>>;
  readonly faults: Readonly<Record<string, { readonly injected: number; readonly overlapped: number }>>;
}

/** Runs `max` histories whatever happens, unless the signal aborts. */
export async function runTwin(bug: string, options: HuntOptions): Promise<TwinRow> {
  const row = rowOf(bug);
  const plans = huntPlans(row, options.cluster.kind === "docker");
  const totals = createTotals();
  const alarms: Alarm[] = [];
  let unknown = 0;
  let histories = 0;
  for (; histories < options.max && !options.signal.aborted; histories++) {
    const attempted = await attempt(planAt(plans, options.seed | 0, histories), options.cluster, { evidence: options.evidence, signal: options.signal });
    totals.add(attempted);
    const { verdict } = attempted;
    if (verdict.verdict === "unknown") unknown++;
    if (verdict.verdict !== "invalid") continue;
    alarms.push({ guarantees: brokenPromises(verdict), explanation: verdict.reasons[0] ?? "", replay: `npx quorate replay ${toToken(attempted.plan)}` });
  }
  const { total, ok } = totals.operations();
  const judged = row.breaks.map((name) => {
    const of = totals.guarantees()[name];
    return [name, { promised: of?.promisedIn ?? 0, judged: of?.promised === true ? of.judgedIn : 0 }] as const;
  });
  return { bug, histories, alarms, unknown, okShare: total === 0 ? 0 : ok / total, judged: Object.fromEntries(judged), faults: totals.faults() };
}
