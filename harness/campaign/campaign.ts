/** A campaign: a fast-check property over plans, run on a cluster, with everything written down. */
import fc from "fast-check";
import { type Plan, planArbitrary, planSize } from "../../generators/index.ts";
import { count, type HistoryRow } from "../../reports/index.ts";
import { sourceOf } from "../targets/registry.ts";
import { bundleBug, isStrange } from "../bug-bundle.ts";
import type { Progress } from "../run/index.ts";
import { featuresOf, planSource } from "../search/index.ts";
import { attempt, type Attempt, brokenPromises } from "./attempt.ts";
import { askedOf, type CampaignOptions, type CampaignProgress } from "./options.ts";
import { createPool, type Judged, wishesOf } from "./pool.ts";
import { queueOf } from "./queue.ts";
import { createRunFolder } from "./run-folder.ts";
import { findSmallest, type Smallest } from "./smallest.ts";
import { createTotals } from "./totals.ts";
import { type Kept, type WriteUp, writeInterim, writeUp } from "./write-up.ts";

/**
 * Runs until a promise breaks, the number of histories is reached, the time is up or the signal aborts; then shrinks, and
 * writes the run's folder. Plan i depends on (seed, i) alone: fast-check draws each run from the seed and its index, and
 * threads draw the same plan by `planAt`.
 * The folder has a campaign.json and a report.html from the start, and whatever happens.
 * Leaves the cluster to its owner to stop. Throws what makes running impossible (EnvironmentError, UsageError).
 */
export async function runCampaign(options: CampaignOptions): Promise<WriteUp> {
  const startedAt = new Date();
  const bugBundle =
    options.plans.bug === undefined ? undefined : await bundleBug(options.plans.bug);
  const folder = createRunFolder(options.out, String(options.seed), startedAt);
  if (bugBundle !== undefined && isStrange(options.plans.bug ?? "")) folder.saveBug(bugBundle);
  const totals = createTotals(options.tolerateUnknown);
  const rows: HistoryRow[] = [];
  const notable: { failed?: Kept; unknown?: Kept; valid?: Kept } = {};
  // A simulated history is over in milliseconds and can be run again; another is written as it happens, and kept.
  const { replaysExactly } = options.cluster;

  const progress = (more: Partial<CampaignProgress>): void => {
    const faults = Object.values(totals.faults()).reduce((sum, kind) => sum + kind.injected, 0);
    options.progress({
      stage: "running",
      histories: rows.length,
      asked: askedOf(options),
      operations: totals.operations().total,
      faults,
      ...more,
    });
  };

  const run = { evidence: options.evidence, ...(bugBundle === undefined ? {} : { bugBundle }) };
  const kinds = options.plans.kinds === undefined ? {} : { kinds: options.plans.kinds };
  const source = planSource(options.search ?? "random", options.plans, options.seed | 0);
  const pool =
    options.jobs > 1
      ? createPool(options.jobs, queueOf(options, source), {
          target: sourceOf(options.cluster.target),
          draw: { plans: wishesOf(options.plans), seed: options.seed | 0 },
          run,
          steers: source.steers,
        })
      : null;

  let writtenMs = 0;
  /** A campaign that is killed leaves what it had some seconds before. */
  const interim = (): void => {
    if (Date.now() - writtenMs < interimEveryMs) return;
    writeInterim({ options, folder, totals, rows, notable, startedAt });
    writtenMs = Date.now();
  };
  interim();

  const runOne = async (index: number, plan: Plan): Promise<boolean> => {
    const name = `histories/${index}`;
    const sink = replaysExactly ? undefined : folder.open(name, plan);
    const runHere = (): Promise<Attempt> =>
      attempt(plan, options.cluster, {
        ...run,
        ...kinds,
        signal: options.signal,
        ...(sink === undefined
          ? {}
          : { sink, progress: (inside: Progress) => progress({ inside }) }),
      });
    const { judged, features } = await (pool === null
      ? runHere().then((attempted) => ({
          judged: attempted as Judged,
          features: source.steers ? featuresOf(attempted.events) : null,
        }))
      : pool.take(index));
    if (features !== null) source.saw(index, features);
    pool?.more();
    const { verdict, stress } = judged.verdict;
    const keep = !replaysExactly || verdict !== "valid" || rows.length % sampleEvery === 0;
    let kept: Kept | undefined;
    if (keep) {
      const attempted = isWhole(judged) ? judged : await again(judged, runHere);
      kept = { ...attempted, history: index, folder: name };
      if (isHit(judged, options.targets)) notable.failed = kept;
      else if (verdict === "invalid") notable.failed ??= kept;
      else if (verdict === "unknown") notable.unknown ??= kept;
      else notable.valid = kept;
    }
    totals.add(judged, index);
    rows.push({
      index,
      hash: judged.hash,
      verdict,
      operations: stress.operations,
      elapsedMs: judged.elapsedMs,
      ...(keep ? { folder: name } : {}),
    });
    // Once it is counted: a full disk must not lose what was found.
    if (kept !== undefined) await folder.save(name, kept);
    progress({});
    interim();
    return !isHit(judged, options.targets);
  };

  // Our own clock, not fast-check's time limit: that one abandons the history that is running, with the cluster in its hands.
  const deadlineMs = startedAt.getTime() + (options.timeLimitMs ?? Number.POSITIVE_INFINITY);
  let stopped = false;
  let drawn = 0;
  const property = fc.asyncProperty(planArbitrary(options.plans), async (drawnPlan) => {
    const index = drawn++;
    stopped = options.signal.aborted || Date.now() >= deadlineMs;
    if (stopped) return false;
    // The same plan, where the search does not steer: fast-check has drawn it already.
    return (
      index % options.shard.of !== options.shard.index ||
      (await runOne(index, source.steers ? source.plan(index) : drawnPlan))
    );
  });
  const details = await fc
    .check(property, {
      seed: options.seed | 0,
      numRuns: options.histories,
      endOnFailure: true,
      skipEqualValues: false,
    })
    // oxlint-disable-next-line typescript/no-misused-promises -- finally waits for what its callback returns.
    .finally(() => pool?.close());
  // A history that throws is the environment's failure or the harness's own, never the store's.
  if (
    details.failed &&
    !stopped &&
    notable.failed === undefined &&
    details.errorInstance !== undefined &&
    details.errorInstance !== null
  ) {
    const why =
      details.errorInstance instanceof Error
        ? details.errorInstance.message
        : String(details.errorInstance);
    await writeUp({
      options,
      folder,
      totals,
      rows,
      notable,
      smallest: null,
      startedAt,
      elapsedMs: Date.now() - startedAt.getTime(),
      interrupted: why,
    });
    // oxlint-disable-next-line typescript/only-throw-error -- Thrown again as it came.
    throw details.errorInstance;
  }

  const smallest = await smallestOf(notable.failed, options, bugBundle, (plan, tries) => {
    const { operations, faults } = planSize(plan, options.plans.target);
    progress({
      stage: "shrinking",
      tries,
      smallest: `${count(operations, "operation")}, ${count(faults, "fault")}`,
    });
  });
  return writeUp({
    options,
    folder,
    totals,
    rows,
    notable,
    smallest,
    startedAt,
    elapsedMs: Date.now() - startedAt.getTime(),
  });
}

async function smallestOf(
  failed: Attempt | undefined,
  options: CampaignOptions,
  bugBundle: string | undefined,
  progress: (plan: Plan, tries: number) => void,
): Promise<Smallest | null> {
  if (failed === undefined || options.shrinkTimeoutMs === null || options.signal.aborted)
    return null;
  const broken = brokenPromises(failed.verdict);
  return findSmallest(failed, {
    broken: isHit(failed, options.targets)
      ? broken.filter((name) => options.targets?.includes(name) ?? true)
      : broken,
    plans: options.plans,
    cluster: options.cluster,
    run: {
      ...(options.plans.kinds === undefined ? {} : { kinds: options.plans.kinds }),
      evidence: options.evidence,
      signal: options.signal,
      ...(bugBundle === undefined ? {} : { bugBundle }),
    },
    timeoutMs: options.shrinkTimeoutMs,
    signal: options.signal,
    progress,
  });
}

const isWhole = (judged: Judged): judged is Attempt => "events" in judged;

/** A history that a thread judged, whole. */
async function again(judged: Judged, run: () => Promise<Attempt>): Promise<Attempt> {
  const attempted = await run();
  if (attempted.hash === judged.hash) return attempted;
  throw new Error(
    `expected a simulated plan to give the same history each time, hash ${judged.hash}; got ${attempted.hash}`,
  );
}

/** Whether this ends the campaign. */
function isHit({ verdict }: Judged, targets: CampaignOptions["targets"]): boolean {
  return brokenPromises(verdict).some((name) => targets?.includes(name) ?? true);
}

const interimEveryMs = 5_000;

/** Of the valid simulated histories, every so many are kept. */
const sampleEvery = 100;
