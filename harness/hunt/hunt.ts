/**
 * Hunts one planted bug by running histories until one of them shows the bug, or all of them to measure. The bug counts
 * as found only if a history breaks one of the guarantees that the table of bugs or the bug's own file names.
 */
import { type GuaranteeName, type Share, wilson } from "../../checkers/index.ts";
import { type PlanOptions, planSize, toToken } from "../../generators/index.ts";
import { bundleBug } from "../bug-bundle.ts";
import {
  attempt,
  type Attempt,
  brokenPromises,
  findSmallest,
  type Judged,
} from "../campaign/index.ts";
import { planSource } from "../search/index.ts";
import { bundledPlans } from "../targets/bundled/index.ts";
import { historiesOf } from "./histories.ts";
import type { HuntOptions } from "./options.ts";
import { huntedRow, huntPlans } from "./plans.ts";
import { median } from "./median.ts";

export interface HuntRow {
  readonly bug: string;
  readonly source: string;
  /** The guarantees that show the bug, according to the table of bugs or the bug's own file. */
  readonly breaks: readonly GuaranteeName[];
  readonly found: boolean;
  /**
   * The number of histories until the bug was found, or until the hunt gave up. `seconds` is the time until then,
   * without shrinking.
   */
  readonly histories: number;
  readonly seconds: number;
  /** The first of `breaks` that was broken. Null if the bug was not found. */
  readonly guarantee: GuaranteeName | null;
  readonly explanation: string | null;
  /** The probable causes of the anomaly in `explanation`. Empty if the bug was not found or no cause is known. */
  readonly because: readonly string[];
  readonly shrunk: {
    readonly operations: number;
    readonly faults: number;
    readonly nodes: number;
    readonly seconds: number;
  } | null;
  /** The command that replays the smallest failing plan that was found. Null if the bug was not found. */
  readonly replay: string | null;
  /**
   * How many of how many histories found the bug, and the medians of the histories and seconds between two detections.
   * Null if the hunt did not run with `measure`.
   */
  readonly measured:
    | (Share & {
        readonly detections: number;
        readonly of: number;
        readonly medianHistories: number | null;
        readonly medianSeconds: number | null;
      })
    | null;
}

/**
 * Searches for a history that shows a planted bug. Throws UsageError for an unknown bug, EnvironmentError if nothing can
 * run, and UnjudgedError if the bug throws while it is planted or a history is too long.
 */
// oxlint-disable-next-line eslint/complexity -- Most branches are the fields of its one result.
export async function huntBug(bug: string, options: HuntOptions): Promise<HuntRow> {
  const row = huntedRow(bug, options);
  const plans: PlanOptions = { ...huntPlans(row, options.cluster), bug };
  const run = {
    evidence: options.evidence,
    signal: options.signal,
    bugBundle: await bundleBug(bug),
  };
  const source = planSource(options.search, plans, options.seed | 0);
  const startedMs = performance.now();
  const secondsSince = (fromMs: number): number =>
    Math.round((performance.now() - fromMs) / 10) / 100;
  const hits: number[] = [];
  let first: { readonly attempted: Attempt; readonly seconds: number } | null = null;
  let histories = 0;
  const running = historiesOf(plans, source, run, options);
  try {
    while (
      histories < options.max &&
      !options.signal.aborted &&
      (first === null || options.measure)
    ) {
      const taken = await running.take(histories);
      if (taken === null) break;
      const { judged, features } = taken;
      if (hitOf(judged, row.breaks) !== undefined) {
        hits.push(histories + 1);
        // Threads return only the verdict of a history, so the plan runs again here.
        first ??= {
          seconds: secondsSince(startedMs),
          attempted:
            "events" in judged
              ? judged
              : await attempt(source.plan(histories), options.cluster, run),
        };
      }
      if (features !== null) source.saw(histories, features);
      running.more();
      histories++;
    }
  } finally {
    await running.close();
  }
  const seconds = secondsSince(startedMs);
  const smallest =
    first === null ? null : await smallestOf(first.attempted, plans, row.breaks, run, options);
  const shown = smallest?.found ?? first?.attempted ?? null;
  const guarantee = shown === null ? null : (hitOf(shown, row.breaks) ?? null);
  const anomaly =
    guarantee === null ? undefined : shown?.verdict.guarantees[guarantee]?.anomalies[0];
  return {
    bug,
    source: row.source,
    breaks: row.breaks,
    found: first !== null,
    histories: hits[0] ?? histories,
    seconds: first?.seconds ?? seconds,
    guarantee,
    explanation: anomaly?.explanation ?? null,
    because: anomaly?.because ?? [],
    shrunk:
      smallest === null || shown === null ? null : { ...sizeOf(shown), seconds: smallest.seconds },
    replay: shown === null ? null : `npx quorate replay ${toToken(shown.plan)}`,
    measured: options.measure ? measuredOf(hits, histories, seconds) : null,
  };
}

function hitOf({ verdict }: Judged, breaks: readonly GuaranteeName[]): GuaranteeName | undefined {
  const broken = brokenPromises(verdict);
  return breaks.find((name) => broken.includes(name));
}

async function smallestOf(
  failed: Attempt,
  plans: PlanOptions,
  breaks: readonly GuaranteeName[],
  run: Parameters<typeof attempt>[2],
  options: HuntOptions,
): Promise<{ readonly found: Attempt | null; readonly seconds: number } | null> {
  if (options.shrinkTimeoutMs === null || options.signal.aborted) return null;
  const startedMs = performance.now();
  const { found } = await findSmallest(failed, {
    broken: brokenPromises(failed.verdict).filter((name) => breaks.includes(name)),
    plans,
    cluster: options.cluster,
    run,
    timeoutMs: options.shrinkTimeoutMs,
    signal: options.signal,
    progress: () => {},
  });
  return { found, seconds: Math.round((performance.now() - startedMs) / 10) / 100 };
}

function sizeOf({ plan }: Attempt): { operations: number; faults: number; nodes: number } {
  const { operations, faults, nodes } = planSize(plan, bundledPlans);
  return { operations, faults, nodes };
}

function measuredOf(
  hits: readonly number[],
  histories: number,
  seconds: number,
): HuntRow["measured"] {
  // In a random search, plans are drawn independently, so the distance between two detections has the same distribution
  // as the distance to the first.
  const waits = hits.map((hit, index) => hit - (hits[index - 1] ?? 0));
  const medianHistories = median(waits);
  const medianSeconds =
    medianHistories === null
      ? null
      : Math.round((medianHistories * seconds * 100) / histories) / 100;
  return {
    ...wilson(hits.length, histories),
    detections: hits.length,
    of: histories,
    medianHistories,
    medianSeconds,
  };
}
