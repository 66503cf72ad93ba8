/** A campaign: a fast-check property over plans, run on a cluster, with everything written down. */
import fc from "fast-check";
import { type Plan, planArbitrary, planSize } from "../../generators/index.ts";
import type { HistoryRow } from "../../reports/index.ts";
import { bundleBug } from "../bug-bundle.ts";
import type { Progress } from "../run/index.ts";
import { attempt, type Attempt, brokenPromises } from "./attempt.ts";
import type { CampaignOptions, CampaignProgress } from "./options.ts";
import { createRunFolder } from "./run-folder.ts";
import { findSmallest, type Smallest } from "./smallest.ts";
import { createTotals } from "./totals.ts";
import { type WriteUp, writeInterim, writeUp } from "./write-up.ts";

/**
 * Runs until a promise breaks, the number of histories is reached, the time is up or the signal aborts; then shrinks, and
 * writes the run's folder. Plan i depends on (seed, i) alone: fast-check draws each run from the seed and its index.
 * The folder has a campaign.json and a report.html from the start, and whatever happens.
 * Leaves the cluster to its owner to stop. Throws what makes running impossible (EnvironmentError, UsageError).
 */
export async function runCampaign(options: CampaignOptions): Promise<WriteUp> {
  const startedAt = new Date();
  const bugBundle = options.plans.bug === undefined ? undefined : await bundleBug(options.plans.bug);
  const folder = createRunFolder(options.out, String(options.seed), startedAt);
  const totals = createTotals();
  const rows: HistoryRow[] = [];
  const notable: { failed?: Attempt; unknown?: Attempt; valid?: Attempt } = {};
  const onDocker = options.cluster.kind === "docker";

  const progress = (more: Partial<CampaignProgress>): void => {
    const faults = Object.values(totals.faults()).reduce((sum, kind) => sum + kind.injected, 0);
    options.progress({ stage: "running", histories: rows.length, asked: options.histories, operations: totals.operations().total, faults, ...more });
  };

  let writtenMs = 0;
  /** A campaign that is killed leaves what it had some seconds before. */
  const interim = (): void => {
    if (Date.now() - writtenMs < interimEveryMs) return;
    writeInterim({ options, folder, totals, rows, notable, startedAt });
    writtenMs = Date.now();
  };
  interim();

  const runOne = async (plan: Plan): Promise<boolean> => {
    const index = rows.length;
    const name = `histories/${index}`;
    // A simulated history is over in milliseconds and can be run again; one in containers is written as it happens.
    const sink = onDocker ? folder.open(name, plan) : undefined;
    const attempted = await attempt(plan, options.cluster, {
      evidence: options.evidence,
      signal: options.signal,
      ...(bugBundle === undefined ? {} : { bugBundle }),
      ...(sink === undefined ? {} : { sink, progress: (inside: Progress) => progress({ inside }) }),
    });
    const { verdict, stress } = attempted.verdict;
    const keep = onDocker || verdict !== "valid" || index % sampleEvery === 0;
    if (keep) await folder.save(name, attempted);
    totals.add(attempted);
    rows.push({ index, hash: attempted.hash, verdict, operations: stress.operations, elapsedMs: attempted.elapsedMs, ...(keep ? { folder: name } : {}) });
    const hit = isHit(attempted, options.targets);
    if (hit) notable.failed = attempted;
    else if (verdict === "invalid") notable.failed ??= attempted;
    else if (verdict === "unknown") notable.unknown ??= attempted;
    else if (keep || notable.valid === undefined) notable.valid = attempted;
    progress({});
    interim();
    return !hit;
  };

  // Passing instead would let fast-check draw all the plans that were asked for.
  const stopped = new Error("stopped by the signal");
  const property = fc.asyncProperty(planArbitrary(options.plans), async (plan) => {
    if (options.signal.aborted) throw stopped;
    return runOne(plan);
  });
  const details = await fc.check(property, {
    seed: options.seed | 0,
    numRuns: options.histories,
    endOnFailure: true,
    skipEqualValues: false,
    ...(options.timeLimitMs === undefined ? {} : { interruptAfterTimeLimit: options.timeLimitMs }),
  });
  // A history that throws is the environment's failure or the harness's own, never the store's.
  if (details.failed && notable.failed === undefined && details.errorInstance !== undefined && details.errorInstance !== null && details.errorInstance !== stopped) {
    const why = details.errorInstance instanceof Error ? details.errorInstance.message : String(details.errorInstance);
    await writeUp({ options, folder, totals, rows, notable, smallest: null, startedAt, elapsedMs: Date.now() - startedAt.getTime(), interrupted: why });
    throw details.errorInstance;
  }

  const smallest = await smallestOf(notable.failed, options, bugBundle, (plan, tries) => {
    const { operations, faults } = planSize(plan);
    progress({ stage: "shrinking", tries, smallest: `${operations} operations, ${faults} faults` });
  });
  return writeUp({ options, folder, totals, rows, notable, smallest, startedAt, elapsedMs: Date.now() - startedAt.getTime() });
}

async function smallestOf(
  failed: Attempt | undefined,
  options: CampaignOptions,
  bugBundle: string | undefined,
  progress: (plan: Plan, tries: number) => void,
): Promise<Smallest | null> {
  if (failed === undefined || options.shrinkTimeoutMs === null || options.signal.aborted) return null;
  const broken = brokenPromises(failed.verdict);
  return findSmallest(failed, {
    broken: isHit(failed, options.targets) ? broken.filter((name) => options.targets?.includes(name) ?? true) : broken,
    plans: options.plans,
    on: options.cluster.kind,
    run: { evidence: options.evidence, signal: options.signal, ...(bugBundle === undefined ? {} : { bugBundle }) },
    timeoutMs: options.shrinkTimeoutMs,
    signal: options.signal,
    progress,
  });
}

/** Whether this ends the campaign. */
function isHit({ verdict }: Attempt, targets: CampaignOptions["targets"]): boolean {
  return brokenPromises(verdict).some((name) => targets?.includes(name) ?? true);
}

const interimEveryMs = 5_000;

/** Of the valid simulated histories, every so many are kept. */
const sampleEvery = 100;
