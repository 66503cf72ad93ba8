/** One plan, run and judged. */
import {
  type Anomaly,
  type GuaranteeName,
  type HistoryEvent,
  judge,
  type NodeName,
  type Verdict,
} from "../../checkers/index.ts";
import type { Plan } from "../../generators/index.ts";
import { bundleBug, isStrange } from "../bug-bundle.ts";
import type { Cluster } from "../platforms/cluster.ts";
import { UnjudgedError } from "../errors.ts";
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

/**
 * Runs a plan and judges it. A plan's bug is bundled when `options` brings no bundle. Throws UsageError for a bug that cannot be
 * planted, UnjudgedError where a bug of somebody else's crashed a node: that says nothing about the store.
 */
export async function attempt(plan: Plan, cluster: Cluster, options: RunOptions): Promise<Attempt> {
  const startedMs = performance.now();
  const bugBundle =
    options.bugBundle ?? (plan.bug === undefined ? undefined : await bundleBug(plan.bug));
  const events = await runHistory(plan, cluster, {
    ...options,
    ...(bugBundle === undefined ? {} : { bugBundle }),
  });
  const logs = await cluster.logs();
  await cluster.reset();
  await breathe();
  const crash = plan.bug !== undefined && isStrange(plan.bug) ? crashOf(events, logs) : undefined;
  if (crash !== undefined)
    throw new UnjudgedError({
      code: "bug-threw",
      expected: "a planted bug whose parts return",
      got: `${crash}, thrown in ${plan.bug ?? ""}`,
      hint: "A throw is no finding about the store: let the part misbehave instead",
    });
  return {
    plan,
    events,
    verdict: judge(events),
    hash: hashHistory(events),
    elapsedMs: Math.round(performance.now() - startedMs),
    logs,
  };
}

/** The same, or null where it cannot be judged: as a candidate of shrinking, such a plan is none. */
export async function attemptOrNull(
  plan: Plan,
  cluster: Cluster,
  options: RunOptions,
): Promise<Attempt | null> {
  try {
    return await attempt(plan, cluster, options);
  } catch (error) {
    if (error instanceof UnjudgedError) return null;
    throw error;
  }
}

/** What the first node to crash said, by its Host's evidence or, without, its log. */
function crashOf(events: readonly HistoryEvent[], logs: Attempt["logs"]): string | undefined {
  const said = events.flatMap((event) =>
    event.e === "boot" && event.phase === "end" ? [event.detail ?? ""] : [],
  );
  return [...said, ...[...logs.values()].flatMap((text) => text.split("\n"))].flatMap(
    (line) => /\bcrashed: (.*)/.exec(line)?.slice(1) ?? [],
  )[0];
}

/** A simulated history awaits nothing of the world: without this, neither Ctrl-C nor the progress line would get a turn. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The promised (or claimed) guarantees that a verdict shows broken. */
export function brokenPromises(verdict: Verdict): GuaranteeName[] {
  const entries = Object.entries(verdict.guarantees) as [
    GuaranteeName,
    Verdict["guarantees"][GuaranteeName],
  ][];
  return entries
    .filter(([, judged]) => judged.promised && judged.verdict === "invalid")
    .map(([name]) => name);
}

/** The anomalies of broken promises, a few of each guarantee: more of the same explains nothing. */
export function anomaliesOf(verdict: Verdict): Anomaly[] {
  return brokenPromises(verdict).flatMap(
    (name) => verdict.guarantees[name]?.anomalies.slice(0, 3) ?? [],
  );
}
