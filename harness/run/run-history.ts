/** Runs a plan on a cluster and returns its history. */
import type { HistoryEvent, NodeName } from "../../checkers/index.ts";
import {
  builtInKinds,
  type Kinds,
  keyName,
  kindOf,
  type NodeNamer,
  nodeNamer,
  type Plan,
  workloadOf,
} from "../../generators/index.ts";
import { EnvironmentError } from "../errors.ts";
import type { Cluster, StartOptions } from "../platforms/cluster.ts";
import { startClient } from "./client.ts";
import { runFinalPhase, type Stage } from "./final-phase.ts";
import { runEvent } from "./header.ts";
import { inspectAll, inspectEvents } from "./inspect.ts";
import { interrupted } from "./interrupted.ts";
import { withLastWords } from "../platforms/last-words.ts";
import { clientTimeoutMs, environmentMs, longestOperationsMs } from "./longest.ts";
import { newcomersOf } from "./newcomers.ts";
import { withRings } from "./rings.ts";
import { createNemesis } from "./nemesis.ts";
import { createPerformer, heardPlan } from "./operations.ts";
import { refuseImpossible } from "./possible.ts";
import { createRecorder, insertByTime, mergeByTime } from "./recorder.ts";

/** Options for running one plan. */
export interface RunOptions {
  readonly evidence: boolean;
  /** The kinds of fault, workloads and checkers. Default: the built-in ones. */
  readonly kinds?: Kinds;
  /** The path of the bundle of `plan.bug`, if the plan has a bug. */
  readonly bugBundle?: string;
  /** If this signal aborts, faults are healed and the history ends with the reason "interrupted". */
  readonly signal?: AbortSignal;
  /**
   * Called for each event of the harness as it happens. Evidence and unplanned ends of nodes come only with the result.
   */
  readonly sink?: (event: HistoryEvent) => void;
  /** Called from time to time with the progress. */
  readonly progress?: (now: Progress) => void;
}

/**
 * The progress of a history: the number of planned operations, the number of those that have their outcome, the number
 * of active faults, and the elapsed time.
 */
export interface Progress {
  readonly operations: number;
  readonly completed: number;
  readonly faults: number;
  readonly elapsedMs: number;
}

/**
 * Runs a plan from empty replicas to the last read. `attempt` also judges the history and resets the cluster.
 *
 * A run that cannot be completed (a node that does not come back, an interrupt) still returns its history, whose `end`
 * event says why.
 *
 * @param plan A plan for the cluster's target.
 * @param cluster The cluster, which this function starts.
 * @param options What to record, and which callbacks get events.
 * @returns The whole history including evidence, in order of time.
 * @throws EnvironmentError for a fault that this cluster cannot make, for errors of its `start`, and for a client that
 * breaks the rules for clients. UnjudgedError for a simulated history of too many events.
 */
export async function runHistory(
  plan: Plan,
  cluster: Cluster,
  options: RunOptions,
): Promise<readonly HistoryEvent[]> {
  const { kinds = builtInKinds } = options;
  refuseImpossible(plan, cluster, kinds);
  const { settings } = plan;
  const signal = options.signal ?? new AbortController().signal;
  const recorder = createRecorder(options.sink);
  const header = runEvent(plan, cluster, options.evidence, kinds);
  recorder.record(header);
  const facts = cluster.target.facts(settings);
  const nameOf = nodeNamer(facts);
  const newcomers = newcomersOf(plan, kinds, nameOf);
  const started = await startOrTell(plan, cluster, {
    signal,
    settings,
    workload: plan.workload,
    worldSeed: plan.worldSeed,
    evidence: options.evidence,
    ...(newcomers === undefined ? {} : { newcomers }),
    ...(movesClocks(plan, kinds) ? { movesClocks: true as const } : {}),
    ...(options.bugBundle === undefined ? {} : { bugBundle: options.bugBundle }),
  });
  const startedUs = cluster.clock.nowUs();
  if (started === null) recorder.record({ e: "phase", atUs: startedUs, phase: "started" });
  // After an interrupted start, the nodes may not be ready to answer anything.
  if (started === interrupted) {
    recorder.record({
      e: "end",
      atUs: startedUs,
      recorded: recorder.events.length + 1,
      reason: interrupted,
    });
    return recorder.events;
  }
  const nemesis = createNemesis(cluster, recorder, plan.faults, {
    kinds,
    facts,
    nodes: nodesEver(facts.nodes, newcomers, nameOf),
  });
  let endingOps = plan.operations.length;
  const nextOp = (): number => endingOps++;
  const capabilities = cluster.target.capabilities(settings, cluster, plan.workload);
  const heard = heardPlan(plan, cluster.target, kinds);
  const perform = createPerformer(plan, cluster.target, kinds, cluster.clock);
  const stage: Stage = {
    nextOp,
    kinds,
    capabilities,
    plan,
    header,
    cluster,
    recorder,
    nemesis,
    heard,
    perform,
    signal,
  };

  const body = async (): Promise<string | null> => {
    if (started !== null) return started;
    if (capabilities.inspection) {
      const { seen, missing } = await inspectAll(cluster, environmentMs, signal);
      if (signal.aborted) return interrupted;
      if (missing.length > 0)
        return withLastWords(cluster, missing, "could not be inspected before the run");
      for (const event of inspectEvents(seen, "empty", cluster.clock.nowUs()))
        recorder.record(event);
      const dirty = [...seen]
        .filter(([, state]) => Object.keys(state).length > 0)
        .map(([node]) => node);
      if (dirty.length > 0)
        return `${dirty.join(", ")} held data before the history began, perhaps of an earlier history`;
    }
    if (signal.aborted) return interrupted;
    recorder.record({ e: "phase", atUs: cluster.clock.nowUs(), phase: "operations" });
    nemesis.start();
    let ended = 0;
    let completed = 0;
    const { operationsMs } = facts;
    const untilUs =
      operationsMs === undefined ? undefined : cluster.clock.nowUs() + operationsMs * 1000;
    const operations = plan.operations.map((operation, op) => ({
      ...operation,
      op,
      keyName: keyName(operation.key, plan),
    }));
    const startOne = (client: number): (() => void) =>
      startClient(cluster, recorder, {
        name: `c${client + 1}`,
        process: client,
        processStep: plan.clients,
        settings,
        workload: workloadOf(kinds, plan.workload),
        operations: operations.filter((operation) => operation.client === client),
        timeoutMs: clientTimeoutMs(cluster.target, settings),
        ...(untilUs === undefined ? {} : { untilUs }),
        perform,
        completed: () => {
          completed++;
        },
        ended: () => {
          ended++;
        },
      });
    const stops = Array.from({ length: plan.clients }, (_, client) => startOne(client));
    const report = (): void => {
      options.progress?.({
        operations: plan.operations.length,
        completed,
        faults: nemesis.active,
        elapsedMs: (cluster.clock.nowUs() - startedUs) / 1000,
      });
    };
    const ticker = options.progress === undefined ? undefined : setInterval(report, 200);
    const longestMs = longestOperationsMs(plan, cluster.target, heard.requestsEach);
    await cluster.until(
      () => ended === plan.clients || signal.aborted || cluster.clientError !== null,
      longestMs,
    );
    clearInterval(ticker);
    for (const stop of stops) stop();
    if (cluster.clientError !== null) throw cluster.clientError;
    if (ended < plan.clients && !signal.aborted)
      return cluster.virtualTime
        ? "the operations did not end in time"
        : `the operations did not end in time: ${completed} of ${operations.length} had ended after ${Math.round(longestMs / 1000)} s, although each request waits at most ${clientTimeoutMs(cluster.target, settings)} ms for an answer. This machine is too busy: run fewer histories at once (--jobs 1)`;
    return runFinalPhase(stage);
  };

  const reason = await body();
  if (cluster.clientError !== null) throw cluster.clientError;
  const ends = (await cluster.unplannedEnds?.()) ?? [];
  const endUs = cluster.clock.nowUs();
  const evidence = options.evidence ? await cluster.evidence() : [];
  const seen =
    newcomers === undefined
      ? evidence
      : withRings(evidence, stage, Object.keys(header.preference ?? {}));
  // Only plans with newcomers have events of rings.
  const rings =
    newcomers === undefined
      ? 0
      : seen.filter((event) => event.e === "ring" && event.atUs < endUs).length;
  recorder.record({
    e: "end",
    atUs: endUs,
    recorded: recorder.events.length + ends.length + 1 + rings,
    ...(reason === null ? {} : { reason }),
  });
  return mergeByTime(insertByTime(recorder.events, ends), seen);
}

const movesClocks = ({ faults }: Plan, kinds: Kinds): boolean =>
  faults.some(({ fault }) => kindOf(kinds, fault).ports.some(({ name }) => name === "clock"));

/**
 * Returns the number of nodes up to the last newcomer. The search ends at a gap of three numbers without a newcomer.
 */
function nodesEver(nodes: number, newcomers: readonly NodeName[] = [], nameOf: NodeNamer): number {
  let count = nodes;
  while (
    newcomers.some(
      (name) => name === nameOf(count) || name === nameOf(count + 1) || name === nameOf(count + 2),
    )
  )
    count++;
  return count;
}

/**
 * Starts the cluster. Returns null if it started. Returns why it did not start if the user interrupted the start, or if
 * a planted bug ended a node, since neither is a failure of the environment.
 */
async function startOrTell(
  plan: Plan,
  cluster: Cluster,
  options: StartOptions,
): Promise<string | null> {
  try {
    await cluster.start(options);
    return options.signal?.aborted === true ? interrupted : null;
  } catch (error) {
    if (plan.bug === undefined || !(error instanceof EnvironmentError)) throw error;
    const ends = (await cluster.unplannedEnds?.()) ?? [];
    if (ends.every(({ by }) => by !== "itself")) throw error;
    return "the nodes did not start";
  }
}
