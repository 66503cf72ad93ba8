/**
 * The final phase of a history, after its operations. It heals all faults, and restarts all nodes so that only durable
 * state counts (unless the plan excludes the restart or the platform cannot kill). Then it gives the promised repair
 * time to make replicas equal, inspects each node if it can, and runs the workload's final reads.
 */
import {
  finalPhaseClient,
  type NodeName,
  type PhaseEvent,
  type RingRecord,
  type RunEvent,
} from "../../checkers/index.ts";
import { keyName, type Kinds, nodeIndex, type Plan, workloadOf } from "../../generators/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import type { Outcome } from "../platforms/session.ts";
import type { FinalPhaseFacts, Target, TargetCapabilities } from "../targets/target.ts";
import { type NumberedOperation, startClient } from "./client.ts";
import { allEqual, inspectAll, type Inspection, inspectEvents, type SeenRings } from "./inspect.ts";
import { interrupted } from "./interrupted.ts";
import { withLastWords } from "../platforms/last-words.ts";
import { clientTimeoutMs, environmentMs, longestChangeMs, longestSweepMs } from "./longest.ts";
import type { Nemesis } from "./nemesis.ts";
import type { HeardPlan, PerformOperation } from "./operations.ts";
import type { Recorder } from "./recorder.ts";
import { ringsSeen } from "./rings.ts";

export interface Stage {
  readonly plan: Plan;
  readonly kinds: Kinds;
  readonly capabilities: TargetCapabilities;
  readonly header: RunEvent;
  readonly cluster: Cluster;
  readonly recorder: Recorder;
  readonly nemesis: Nemesis;
  readonly heard: HeardPlan;
  readonly perform: PerformOperation;
  readonly signal: AbortSignal;
  /** Returns a new number for an operation of the final phase. Each repetition of a failed read has its own number. */
  readonly nextOp: () => number;
}

/** Runs the final phase. Returns why the run could not be completed, or null if it was completed. */
export async function runFinalPhase(stage: Stage): Promise<string | null> {
  const { cluster, nemesis } = stage;
  phase(stage, "final-phase");
  let whole = false;
  nemesis.healAll(() => {
    whole = true;
  });
  if (!(await wait(stage, () => whole, environmentMs)))
    return stopReason(stage, "the faults could not be healed in time");
  // If a membership change is still incomplete after this wait, that is the store's fault.
  if (cluster.membershipChanges)
    await wait(
      stage,
      () => !cluster.membershipChanges,
      longestChangeMs(stage.plan, cluster.target),
    );
  const canKill = (cluster.ports.process.cannot?.("killed") ?? null) === null;
  const restarts = canKill && stage.plan.restart !== false;
  const repair = cluster.target.finalPhase(stage.plan.settings, restarts);
  const converges = mustConverge(stage, repair);
  if (repair.settleBeforeRestartMs > 0)
    await wait(stage, () => false, repair.settleBeforeRestartMs);
  phase(stage, "healed");
  const restart = restarts ? await restartAll(stage) : null;
  if (restart !== null) return restart;
  if (repair.settleMs !== undefined) {
    const problem = await settle(stage, repair.settleMs);
    if (problem !== null) return problem;
  }
  const { inspection } = stage.capabilities;
  if (inspection) {
    const { missing } = await inspectAll(cluster, environmentMs, stage.signal);
    if (missing.length > 0) return notInspected(stage, missing, "after the faults were healed");
  }
  phase(stage, "restarted", restarts ? undefined : "only dead nodes were started");
  if (repair.readsWith !== null) {
    // A hint that arrives after these reads could reach only one replica, and perhaps no later read would repair the
    // others. So the reads wait for the hints, if hints can be seen.
    if (repair.handsOver && inspection) await untilHandedOver(stage);
    await sweep(stage, { levels: repair.readsWith });
  }
  if (inspection) {
    if (converges) await untilQuiet(stage);
    const final = await inspectAll(cluster, environmentMs, stage.signal);
    if (final.missing.length > 0) return notInspected(stage, final.missing, "at the end");
    recordFinal(stage, final);
  } else if (converges && !settlesItself(stage, repair)) {
    // Without inspection nobody can see when replicas are equal, so this waits for the whole time that repair may take.
    await wait(stage, () => false, stage.header.bounds.convergeUs / 1000);
  }
  await sweep(stage, { final: true });
  if (repair.lastLookMs > 0) await wait(stage, () => false, repair.lastLookMs);
  return stage.signal.aborted ? interrupted : nemesis.failure;
}

/** Whether the target's own means (`settle`) have already made the replicas equal. */
const settlesItself = ({ cluster }: Stage, { settleMs }: FinalPhaseFacts): boolean =>
  cluster.settle !== undefined && settleMs !== undefined;

/** Whether replicas must become equal: something repairs them, or the user claims `converged` anyway. */
const mustConverge = ({ plan }: Stage, { converges }: FinalPhaseFacts): boolean =>
  converges || plan.claimed.includes("converged");

/** Makes replicas equal with the target's own means. Returns why that failed, or null. */
async function settle(stage: Stage, settleMs: number): Promise<string | null> {
  if (stage.cluster.settle === undefined) return null;
  let ended: { readonly error: Error | null } | null = null;
  stage.cluster.settle(settleMs, (error) => {
    ended = { error };
  });
  await wait(stage, () => ended !== null, settleMs + environmentMs);
  const end = ended as { readonly error: Error | null } | null;
  if (end === null)
    return stopReason(stage, "the target's repair of all replicas did not end in time");
  return end.error === null
    ? null
    : stopReason(stage, `the target's repair of all replicas failed: ${end.error.message}`);
}

async function restartAll(stage: Stage): Promise<string | null> {
  const { cluster } = stage;
  const problems: string[] = [];
  let restarted = 0;
  const { process } = cluster.ports;
  const { nodes } = cluster;
  for (const node of nodes) {
    const killed = new Map([[node, "killed"] as const]);
    process.set(killed, new Map(), (killError) => {
      if (killError !== null) problems.push(`${node} could not be killed: ${killError.message}`);
      process.set(new Map(), killed, (startError) => {
        if (startError !== null)
          problems.push(`${node} could not be restarted: ${startError.message}`);
        restarted++;
      });
    });
  }
  const done = await wait(stage, () => restarted === nodes.length, environmentMs);
  return (
    problems[0] ?? (done ? null : stopReason(stage, "the nodes could not be restarted in time"))
  );
}

/**
 * Runs the workload's last operations one at a time, each on one node. With `final`, each runs on every node if nodes
 * cannot be inspected. Failed operations are repeated until all have succeeded, or until a round has begun after the
 * time at which all links must be up again.
 *
 * @param how `levels` are the levels of reads. Operations that write use no levels.
 */
async function sweep(
  stage: Stage,
  { levels, ...how }: Pick<NumberedOperation, "levels" | "final">,
): Promise<void> {
  const { plan, cluster, recorder, header } = stage;
  const workload = workloadOf(stage.kinds, plan.workload);
  const facts = cluster.target.facts(plan.settings);
  const nodes = cluster.nodes.map((node) => nodeIndex(node, facts));
  // Without inspection, only the nodes' answers show whether replicas agree.
  const nodesOf = (key: number): readonly number[] =>
    how.final === true && !stage.capabilities.inspection ? nodes : [nodes[key % nodes.length] ?? 0];
  let pending = workload
    .finalReads(plan)
    .flatMap((read) => nodesOf(read.key).map((node) => ({ ...read, node })));
  const until = cluster.clock.nowUs() + header.bounds.reconnectUs;
  let beganUs: number;
  do {
    beganUs = cluster.clock.nowUs();
    const operations = pending.map((read): NumberedOperation => ({
      op: stage.nextOp(),
      client: plan.clients,
      afterMs: 0,
      ...read,
      keyName: keyName(read.key, plan),
      ...how,
      ...(levels === undefined || workload.operations[read.f]?.writes === true ? {} : { levels }),
    }));
    let outcomes: ReadonlyMap<number, Outcome> | null = null;
    const stop = startClient(cluster, recorder, {
      name: finalPhaseClient,
      process: finalPhaseProcess + (operations[0]?.op ?? 0),
      processStep: 1,
      operations,
      settings: plan.settings,
      workload,
      timeoutMs: clientTimeoutMs(cluster.target, plan.settings),
      perform: stage.perform,
      ended: (map) => {
        outcomes = map;
      },
    });
    await wait(
      stage,
      () => outcomes !== null,
      longestSweepMs(cluster.target, plan.settings, operations.length * stage.heard.requestsEach),
    );
    stop();
    const map = outcomes as ReadonlyMap<number, Outcome> | null;
    pending = operations
      .filter((operation) => map?.get(operation.op)?.kind !== "ok")
      .map(({ f, key, args, node }) => ({
        f,
        key,
        node,
        ...(args === undefined ? {} : { args }),
      }));
    if (pending.length > 0) await wait(stage, () => false, retryMs);
  } while (pending.length > 0 && beganUs < until && !stage.signal.aborted);
}

/** Waits until no node keeps a write for another node, but at most for `bounds.convergeUs`. */
async function untilHandedOver(stage: Stage): Promise<void> {
  const { cluster, header } = stage;
  const untilUs = cluster.clock.nowUs() + header.bounds.convergeUs;
  while (
    (await inspectAll(cluster, environmentMs, stage.signal)).pending > 0 &&
    cluster.clock.nowUs() < untilUs &&
    !stage.signal.aborted
  )
    await wait(stage, () => false, pollMs);
}

async function untilQuiet(stage: Stage): Promise<void> {
  const { cluster, header, recorder } = stage;
  const startedUs = cluster.clock.nowUs();
  phase(stage, "sweep");
  let last = "";
  let quietSince = startedUs;
  for (;;) {
    const { seen, rings, pending } = await inspectAll(cluster, environmentMs, stage.signal);
    const nowUs = cluster.clock.nowUs();
    const now = `${pending} ${canonical(seen)}`;
    if (now !== last) {
      for (const event of inspectEvents(
        seen,
        "poll",
        nowUs,
        rings,
        (ring) => ringOf(stage, ring)?.version,
      ))
        recorder.record(event);
      last = now;
      quietSince = nowUs;
    }
    // A write that is kept for a replica would reach it later, so the cluster is not quiet.
    const equal =
      pending === 0 &&
      seen.size === cluster.nodes.length &&
      allEqual(seen, preferenceNow(stage, rings), header.deletes !== undefined);
    if (equal && nowUs - quietSince >= quietUs) return phase(stage, "quiet");
    if (nowUs - startedUs > header.bounds.convergeUs) {
      const detail =
        nowUs - quietSince < progressUs
          ? "replicas were still changing"
          : "replicas had stopped changing";
      return phase(stage, equal ? "quiet" : "not-quiet", detail);
    }
    if (stage.signal.aborted) return;
    await wait(stage, () => false, pollMs);
  }
}

/** Records what each node holds at the end. If there is no evidence, also records which ring each node uses. */
function recordFinal(
  stage: Stage,
  { seen, rings }: { readonly seen: Inspection; readonly rings: SeenRings },
): void {
  const { recorder, header, cluster } = stage;
  if (!header.capabilities.evidence)
    for (const event of ringsSeen(rings, stage, keysOf(stage))) recorder.record(event);
  const versionOf = (ring: RingRecord): number | undefined => ringOf(stage, ring)?.version;
  for (const event of inspectEvents(seen, "final", cluster.clock.nowUs(), rings, versionOf))
    recorder.record(event);
}

const keysOf = ({ header }: Stage): readonly string[] => Object.keys(header.preference ?? {});

const ringOf = (
  stage: Stage,
  ring: RingRecord,
): ReturnType<NonNullable<Target["ringOf"]>> | undefined =>
  stage.cluster.target.ringOf?.(stage.plan.settings, ring, keysOf(stage));

/**
 * Returns the replicas of each key in the newest ring of any node. If no node shows a ring, returns those of the
 * history's header.
 */
function preferenceNow(stage: Stage, rings: SeenRings): NonNullable<RunEvent["preference"]> {
  let newest: ReturnType<typeof ringOf>;
  for (const { ring } of rings.values()) {
    const shown = ring === undefined ? undefined : ringOf(stage, ring);
    if (shown !== undefined && shown.version > (newest?.version ?? 0)) newest = shown;
  }
  return newest?.reads.preference ?? stage.header.preference ?? {};
}

function phase(stage: Stage, name: PhaseEvent["phase"], detail?: string): void {
  stage.recorder.record({
    e: "phase",
    atUs: stage.cluster.clock.nowUs(),
    phase: name,
    ...(detail === undefined ? {} : { detail }),
  });
}

async function wait(stage: Stage, condition: () => boolean, timeoutMs: number): Promise<boolean> {
  await stage.cluster.until(() => condition() || stage.signal.aborted, timeoutMs);
  return condition();
}

/**
 * Returns why a run ends in which these nodes could not be inspected. Reads the nodes' logs unless the run was
 * interrupted.
 */
async function notInspected(
  stage: Stage,
  missing: readonly NodeName[],
  when: string,
): Promise<string> {
  return stage.signal.aborted
    ? interrupted
    : stopReason(
        stage,
        await withLastWords(stage.cluster, missing, `could not be inspected ${when}`),
      );
}

function stopReason(stage: Stage, reason: string): string {
  return stage.signal.aborted ? interrupted : (stage.nemesis.failure ?? reason);
}

function canonical(inspection: Inspection): string {
  return JSON.stringify([...inspection].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The number from which processes of the final phase are numbered. It is larger than the number of any client's
 * process.
 */
const finalPhaseProcess = 1_000_000;
const pollMs = 100;
const retryMs = 100;
/** Replicas that are equal and unchanged for this long count as quiet. */
const quietUs = 200_000;
/** If the replicas changed this shortly before the wait ended, they count as still changing. */
const progressUs = 1_000_000;
