/** One plan, run and judged. */
import { type Anomaly, type GuaranteeName, type HistoryEvent, judge, type NodeName, type Verdict } from "../../checkers/index.ts";
import type { Plan } from "../../generators/index.ts";
import { bundleBug } from "../bug-bundle.ts";
import type { Cluster } from "../cluster.ts";
import { hashHistory } from "../history-file.ts";
import { type RunOptions, runHistory } from "../run/index.ts";

export interface Attempt {
  readonly plan: Plan;
  readonly events: readonly HistoryEvent[];
  readonly verdict: Verdict;
  /** SHA-256 of history.jsonl. */
  readonly hash: string;
  readonly elapsedMs: number;
  /** Each node's own log; empty in the simulator, whose nodes write none. */
  readonly logs: ReadonlyMap<NodeName, string>;
}

/** Runs a plan and judges it. A plan's bug is bundled when `options` brings no bundle. Throws UsageError for a bug that cannot be planted. */
export async function attempt(plan: Plan, cluster: Cluster, options: RunOptions): Promise<Attempt> {
  const startedMs = performance.now();
  const bugBundle = options.bugBundle ?? (plan.bug === undefined ? undefined : await bundleBug(plan.bug));
  const events = await runHistory(plan, cluster, { ...options, ...(bugBundle === undefined ? {} : { bugBundle }) });
  const logs = await cluster.logs();
  await cluster.reset();
  await breathe();
  return { plan, events, verdict: judge(events), hash: hashHistory(events), elapsedMs: Math.round(performance.now() - startedMs), logs };
}

/** A simulated history awaits nothing of the world: without this, neither Ctrl-C nor the progress line would get a turn. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The promised (or claimed) guarantees that a verdict shows broken. */
export function brokenPromises(verdict: Verdict): GuaranteeName[] {
  const entries = Object.entries(verdict.guarantees) as [GuaranteeName, Verdict["guarantees"][GuaranteeName]][];
  return entries.filter(([, judged]) => judged?.promised === true && judged.verdict === "invalid").map(([name]) => name);
}

/** The anomalies of broken promises, a few of each guarantee: more of the same explains nothing. */
export function anomaliesOf(verdict: Verdict): Anomaly[] {
  return brokenPromises(verdict).flatMap((name) => verdict.guarantees[name]?.anomalies.slice(0, 3) ?? []);
}
