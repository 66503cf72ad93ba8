/**
 * Runs the healthy store with a planted bug's settings, kinds of fault and seeds, or under a profile. Any broken
 * promise is a false alarm.
 */
import { type GuaranteeName, guaranteeNames } from "../../checkers/index.ts";
import { builtInKinds, faultKinds, type PlanOptions, toToken } from "../../generators/index.ts";
import { parseSettings } from "../targets/bundled/store.ts";
import {
  bundledPlans,
  type ProfileName,
  profileNames,
  profiles,
} from "../targets/bundled/index.ts";
import { brokenPromises, createTotals, swarmableUnderProfile } from "../campaign/index.ts";
import { cannotMake } from "../run/index.ts";
import { planSource } from "../search/index.ts";
import { historiesOf } from "./histories.ts";
import type { HuntOptions } from "./options.ts";
import { huntedRow, huntPlans } from "./plans.ts";
import { median } from "./median.ts";

export interface Alarm {
  readonly guarantees: readonly GuaranteeName[];
  readonly explanation: string;
  readonly replay: string;
}

export interface ControlRow {
  /** The name of the bug. In the row of a profile, the name of the profile. */
  readonly bug: string;
  readonly histories: number;
  readonly alarms: readonly Alarm[];
  /** The number of histories with an unknown verdict. */
  readonly unknown: number;
  /** The share of all operations that succeeded. */
  readonly okShare: number;
  /** The median over histories of the share of operations that succeeded. */
  readonly medianOkShare: number;
  /**
   * For each guarantee, how many histories promised it, and how many judged it. These are the guarantees that the bug
   * may break, or all that a profile promised.
   */
  readonly judged: Readonly<Record<string, { readonly promised: number; readonly judged: number }>>;
  readonly faults: Readonly<
    Record<string, { readonly injected: number; readonly overlapped: number }>
  >;
}

/**
 * Makes the control run of a bug: `options.max` histories of the healthy store. The run continues after an alarm and
 * ends early if the signal aborts.
 */
export async function runControl(bug: string, options: HuntOptions): Promise<ControlRow> {
  const row = huntedRow(bug, options);
  return runHealthy(bug, huntPlans(row, options.cluster), row.breaks, options);
}

/**
 * Runs the healthy store under a profile with the usual kinds of fault that the cluster can make. Each plan draws the
 * settings that the profile leaves open.
 */
export async function runProfile(profile: ProfileName, options: HuntOptions): Promise<ControlRow> {
  const { cluster } = options;
  const faults = faultKinds.filter((kind) => cannotMake(kind, cluster, builtInKinds) === null);
  const settings = parseSettings(profiles[profile].settings);
  const workload = settings.versions === "siblings" ? "siblings" : "register";
  return runHealthy(
    profile,
    {
      target: bundledPlans,
      settings,
      workload,
      swarmSettings: swarmableUnderProfile,
      faults,
      claimed: [],
      quick: !cluster.virtualTime,
    },
    guaranteeNames,
    options,
  );
}

/** Distributes `histories` over all profiles as evenly as possible. */
export function shareOut(histories: number): ReadonlyMap<ProfileName, number> {
  const each = Math.floor(histories / profileNames.length);
  return new Map(
    profileNames.map((name, index) => [
      name,
      each + (index < histories % profileNames.length ? 1 : 0),
    ]),
  );
}

async function runHealthy(
  name: string,
  plans: PlanOptions,
  judgedNames: readonly GuaranteeName[],
  options: HuntOptions,
): Promise<ControlRow> {
  const okShares: number[] = [];
  const totals = createTotals(0.01);
  const alarms: Alarm[] = [];
  let unknown = 0;
  let histories = 0;
  const source = planSource("random", plans, options.seed | 0);
  const running = historiesOf(
    plans,
    source,
    { evidence: options.evidence, signal: options.signal },
    options,
  );
  try {
    for (; histories < options.max && !options.signal.aborted; histories++) {
      const taken = await running.take(histories);
      if (taken === null) break;
      const { judged } = taken;
      totals.add(judged, histories);
      const { verdict } = judged;
      if (verdict.stress.operations > 0)
        okShares.push(verdict.stress.ok / verdict.stress.operations);
      if (verdict.verdict === "unknown") unknown++;
      if (verdict.verdict !== "invalid") continue;
      alarms.push({
        guarantees: brokenPromises(verdict),
        explanation: verdict.reasons[0] ?? "",
        replay: `npx quorate replay ${toToken(source.plan(histories))}`,
      });
    }
  } finally {
    await running.close();
  }
  const { total, ok } = totals.operations();
  const guarantees = totals.guarantees();
  const judged = judgedNames.flatMap((guarantee) => {
    const of = guarantees[guarantee];
    const isShown = judgedNames !== guaranteeNames || of?.promised === true;
    return isShown
      ? [
          [
            guarantee,
            { promised: of?.promisedIn ?? 0, judged: of?.promised === true ? of.judgedIn : 0 },
          ] as const,
        ]
      : [];
  });
  const okShare = total === 0 ? 0 : ok / total;
  return {
    bug: name,
    histories,
    alarms,
    unknown,
    okShare,
    medianOkShare: median(okShares) ?? 0,
    judged: Object.fromEntries(judged),
    faults: totals.faults(),
  };
}
