/** Runs one plan and judges its history. */
import {
  type Anomaly,
  type GuaranteeName,
  type HistoryEvent,
  judge,
  type NodeName,
  type Verdict,
} from "../../checkers/index.ts";
import type { Plan } from "../../generators/index.ts";
import { bundleBug, partsCalled } from "../bug-bundle.ts";
import type { Cluster } from "../platforms/cluster.ts";
import { NodeFaultError, UnjudgedError } from "../errors.ts";
import { hashHistory } from "../history-file.ts";
import { type RunOptions, runHistory } from "../run/index.ts";

/** A plan, its history, and the verdict on that history. */
export interface Attempt {
  readonly plan: Plan;
  readonly events: readonly HistoryEvent[];
  readonly verdict: Verdict;
  /** The SHA-256 hash of history.jsonl. */
  readonly hash: string;
  readonly elapsedMs: number;
  /** The replaced parts of a planted bug that the nodes called. Empty without a bug or without evidence. */
  readonly partsCalled: readonly string[];
  /** For each node: the node's log. If clients wrote lines too, these are under `clients`. */
  readonly logs: ReadonlyMap<NodeName, string>;
}

/**
 * Runs one plan on a cluster and judges its history. The cluster can run the next plan afterwards.
 *
 * @param plan A plan for the cluster's target.
 * @param cluster The cluster to run on. This call starts and resets it; the caller stops it in the end.
 * @param options `evidence`: whether Hosts record what nodes do. `kinds`: the kinds that the plan was drawn with, and
 * checkers of your own.
 * @returns The history, the verdict on it, and its hash.
 * @throws EnvironmentError if the cluster cannot run the plan or does not start.
 * @throws NodeFaultError if a node breaks the protocol of its messages.
 * @throws UsageError if the plan's bug cannot be planted.
 * @throws UnjudgedError if the plan's bug throws while it is planted, or if the history is too long.
 * @example
 * const cluster = createSimCluster(bundled);
 * const plan = planAt({ target: bundled, settings: bundled.defaults, faults: ["kill"], workload: "register", claimed: [] }, 1, 0);
 * const { verdict } = await attempt(plan, cluster, { evidence: true });
 * console.log(verdict.verdict, verdict.reasons);
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
  return {
    plan,
    events,
    verdict: judge(events, { checkers: options.kinds?.checkers ?? [] }),
    hash: hashHistory(events),
    elapsedMs: Math.round(performance.now() - startedMs),
    partsCalled: plan.bug === undefined ? [] : partsCalled(events),
    logs,
  };
}

/**
 * Like `attempt`, but returns null where `attempt` throws an UnjudgedError or a NodeFaultError. Shrinking then rejects
 * the plan.
 */
export async function attemptOrNull(
  plan: Plan,
  cluster: Cluster,
  options: RunOptions,
): Promise<Attempt | null> {
  try {
    return await attempt(plan, cluster, options);
  } catch (error) {
    if (error instanceof UnjudgedError || error instanceof NodeFaultError) return null;
    throw error;
  }
}

/**
 * Lets the process handle other events. Short simulated histories never wait for the outside world, so without this
 * pause Ctrl-C and the progress line would get no turn.
 */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Names the guarantees that a verdict shows broken, among the guarantees that were promised or claimed.
 *
 * @param verdict The verdict on one history.
 * @returns Their names, in the order of reports; [] if no promise is broken.
 */
export function brokenPromises(verdict: Verdict): GuaranteeName[] {
  const entries = Object.entries(verdict.guarantees) as [
    GuaranteeName,
    Verdict["guarantees"][GuaranteeName],
  ][];
  return entries
    .filter(([, judged]) => judged.promised && judged.verdict === "invalid")
    .map(([name]) => name);
}

/** The anomalies of broken promises: at most three of each guarantee, since more would explain nothing new. */
export function anomaliesOf(verdict: Verdict): Anomaly[] {
  return brokenPromises(verdict).flatMap(
    (name) => verdict.guarantees[name]?.anomalies.slice(0, 3) ?? [],
  );
}
