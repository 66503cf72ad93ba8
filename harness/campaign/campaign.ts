/** Runs a campaign: a fast-check property over plans, whose results go to a run's folder. */
import fc from "fast-check";
import type { Outcome } from "../../checkers/index.ts";
import { type Plan, planArbitrary, planSize } from "../../generators/index.ts";
import { type Campaign, count, type HistoryRow, spreadIn } from "../../reports/index.ts";
import { sourceOf } from "../targets/registry.ts";
import { ownCodeError } from "../config/own-code.ts";
import { NodeFaultError, UnjudgedError } from "../errors.ts";
import { bundleBug, isStrange } from "../bug-bundle.ts";
import type { Cluster } from "../platforms/cluster.ts";
import { runsNodePrograms } from "../platforms/simulator/index.ts";
import { type Progress, type RunOptions, wasInterrupted } from "../run/index.ts";
import { ownSign } from "../sign-of-life.ts";
import { featuresOf, type PlanSource, planSource } from "../search/index.ts";
import { attempt, type Attempt, brokenPromises } from "./attempt.ts";
import { createFailures, type Failures, shapesShrunk } from "./findings.ts";
import { askedOf, type CampaignOptions, type CampaignProgress, type Keep } from "./options.ts";
import { createPool, type Judged, wishesOf } from "./pool.ts";
import { runSideBySide } from "./side-by-side.ts";
import { queueOf } from "./queue.ts";
import {
  type CampaignState,
  loadKept,
  refuseOtherPlans,
  type Resumed,
  stateFile,
} from "./resume.ts";
import { createRunFolder, keptBug, openRunFolder, type RunFolder } from "./run-folder.ts";
import { twiceIfUnlucky } from "./retry.ts";
import { findSmallest, type Smallest } from "./smallest.ts";
import { variedSettings } from "./coverage.ts";
import { createTotals, type Totals } from "./totals.ts";
import { type Kept, tokenOf, type WriteUp, writeInterim, writeUp } from "./write-up.ts";

/**
 * Runs histories until a promise breaks (with `targets`, one of the guarantees in it), all histories have run, the time
 * is up or the signal aborts. Then shrinks the failure and writes the run's folder. With `keepGoing` a broken promise
 * does not end the campaign. `quorate run` calls this function.
 *
 * Unless the search is guided, plan i depends only on the options, the seed and i, and on no other plan: fast-check
 * draws each run from the seed and its index, and threads draw the same plan by `planAt`. The folder has a
 * campaign.json and a report.html from the start, also if the campaign fails or the process is killed.
 *
 * @param options What to run, where, and for how long. `evidence`, `jobs`, `shard` and `tolerateUnknown` mean the same
 * as on the command line.
 * @returns The content of campaign.json, and the paths of the folder and the report.
 * @throws EnvironmentError if the environment cannot run the campaign.
 * @throws NodeFaultError if a node breaks the protocol of its messages.
 * @throws UsageError if the options make no sense.
 * @throws UnjudgedError if a planted bug cannot be judged, or a history is too long.
 * @example
 * const { target } = await readConfig("quorate.config.ts");
 * const cluster = await createDockerCluster(target, { nodes: 3 });
 * try {
 *   const { campaign, report } = await runCampaign({
 *     cluster,
 *     plans: {
 *       target,
 *       settings: target.defaults,
 *       faults: ["partition", "kill"],
 *       workload: "register",
 *       claimed: [],
 *       quick: true,
 *     },
 *     seed: 1,
 *     histories: 10,
 *     jobs: 1,
 *     shard: { index: 0, of: 1 },
 *     out: "runs",
 *     command: "npm test",
 *     evidence: true,
 *     tolerateUnknown: 0.05,
 *     shrinkTimeoutMs: 300_000,
 *     signal: new AbortController().signal,
 *     progress: () => {},
 *   });
 *   console.log(campaign.verdict, report);
 * } finally {
 *   await cluster.stop();
 * }
 */
export async function runCampaign(options: CampaignOptions): Promise<WriteUp> {
  const { resumed } = options;
  const campaign = await beginOrGoOn(options);
  const { folder, bugBundle, startedAt, beganMs, elapsedMs, totals, rows, news, notable } =
    campaign;
  const done: ReadonlySet<number> = new Set(rows.map(({ index }) => index));
  const failures = options.keepGoing === true ? failuresSoFar(options) : null;
  // A simulated history takes milliseconds and can be run again, so only kept histories are written. A history in real
  // time is written while it runs.
  const { replaysExactly } = options.cluster;

  const progress = (more: Partial<CampaignProgress>): void => {
    const faults = Object.values(totals.faults()).reduce((sum, kind) => sum + kind.injected, 0);
    options.progress({
      stage: "running",
      histories: rows.length,
      asked: askedOf(options),
      ...(options.timeLimitMs === undefined ? {} : { timeLimitMs: options.timeLimitMs }),
      operations: totals.operations().total,
      faults,
      ...more,
    });
  };

  const run = { evidence: options.evidence, ...(bugBundle === undefined ? {} : { bugBundle }) };
  const kinds = options.plans.kinds === undefined ? {} : { kinds: options.plans.kinds };
  const source = planSource(options.search ?? "random", options.plans, options.seed | 0);
  for (const [index, features] of news) source.saw(index, new Set(features));
  if (resumed !== undefined && !source.steers) refuseOtherPlans(resumed, source);
  const material = { options, folder, totals, rows, notable, failures, startedAt };
  const saveState = (): unknown => folder.saveText(stateFile, stateOf(options, campaign));
  let writtenMs = 0;
  /**
   * Writes the report and the state so far, in case the process is killed. In real time this happens after each
   * history, in the simulator every few seconds.
   */
  const interim = (isLast = false): void => {
    // After a signal, the saved state stays without the interrupted history, so that a resume runs this history again.
    if (options.signal.aborted) return;
    if (replaysExactly && !isLast && Date.now() - writtenMs < interimEveryMs) return;
    writeInterim({ ...material, elapsedMs: elapsedMs() });
    saveState();
    writtenMs = Date.now();
  };
  interim();

  // The campaign has its own time limit, since fast-check's limit abandons a running history together with its cluster.
  const deadlineMs = (): number => beganMs + timeForHistoriesMs(options, failures);
  let ran = 0;
  // Unless a signal stops it, each process runs at least one history, so that a campaign that is resumed again and
  // again with little time still comes to an end.
  const isOver = (): boolean => options.signal.aborted || (ran > 0 && Date.now() >= deadlineMs());
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  // If several histories run at a time, the progress inside a single one is not shown.
  const isAlone = (options.beside?.length ?? 0) === 0;
  const runOn = async (index: number, plan: Plan, cluster: Cluster): Promise<Answer> => {
    const runOnce = (): Promise<Attempt> =>
      attempt(plan, cluster, {
        ...run,
        ...kinds,
        signal,
        ...(replaysExactly
          ? {}
          : {
              sink: folder.open(folderOf(index), plan),
              ...(isAlone ? { progress: (inside: Progress) => progress({ inside }) } : {}),
            }),
      });
    let retried: string | undefined;
    const judged = await twiceIfUnlucky(runOnce, signal, (why) => {
      retried = why;
    });
    return { judged, features: source.steers ? featuresOf(judged.events) : null, retried };
  };
  const runner = runnerOf(options, { source, done, run, runOn, isOver });

  const runOne = async (index: number, plan: Plan): Promise<boolean> => {
    const name = folderOf(index);
    const answer = await runner.take(index, plan);
    if (answer === null || isCutOff(answer)) {
      stopped = true;
      folder.remove(name);
      return false;
    }
    const { judged, features, retried } = answer;
    if (features !== null) news.push([index, source.saw(index, features)]);
    runner.more();
    const { verdict, stress } = judged.verdict;
    const keep = isKept(options.keep ?? "sample", verdict, index, replaysExactly);
    let kept: Kept | undefined;
    let likeness: number | undefined;
    if (keep) {
      const attempted = isWhole(judged)
        ? judged
        : await again(judged, () => attempt(plan, options.cluster, { ...run, ...kinds }));
      kept = { ...attempted, history: index, folder: name };
      if (failures === null && isHit(judged, options.targets)) notable.failed = kept;
      else if (verdict === "invalid") notable.failed ??= kept;
      else if (verdict === "unknown") notable.unknown ??= kept;
      else notable.valid = kept;
      if (verdict === "invalid") likeness = failures?.add(kept);
    }
    ran++;
    isBugCalled ||= judged.partsCalled.length > 0;
    totals.add(judged, index, variedSettings(plan.settings, options.plans.swarmSettings));
    rows.push({
      index,
      hash: judged.hash,
      verdict,
      operations: stress.operations,
      elapsedMs: judged.elapsedMs,
      ...(keep ? { folder: name } : {}),
      ...(retried === undefined ? {} : { retried }),
      ...(verdict === "valid" ? {} : { why: judged.verdict.reasons[0] ?? verdict }),
      ...(likeness === undefined ? {} : { likeness }),
      ...spreadOf(judged),
    });
    // The folder is written after the history was counted, so that a full disk does not lose the failure.
    if (kept !== undefined) await folder.save(name, kept);
    else if (!replaysExactly) folder.remove(name);
    progress({});
    const isLast = failures === null && isHit(judged, options.targets);
    interim(isLast);
    return !isLast;
  };

  // True from the start if an earlier process ran histories, since nothing records which parts these called.
  let isBugCalled = done.size > 0;
  const isFound = (): boolean =>
    failures === null && notable.failed !== undefined && isHit(notable.failed, options.targets);
  let stopped = false;
  let drawn = 0;
  const plans = ofShard(planArbitrary(options.plans), options.shard);
  const property = fc.asyncProperty(plans, async (drawnPlan) => {
    const index = drawn++;
    if (done.has(index) || isFound()) return true;
    stopped = isOver();
    if (stopped) return false;
    // Without a guided search, fast-check has drawn this plan already.
    return (
      drawnPlan === null || (await runOne(index, source.steers ? source.plan(index) : drawnPlan))
    );
  });
  const details = await fc
    .check(property, {
      seed: options.seed | 0,
      // If the earlier process found the failure, no further history runs, and the failure only has to be shrunk.
      numRuns: isFound() ? 1 : options.histories,
      endOnFailure: true,
      skipEqualValues: false,
    })
    // oxlint-disable-next-line typescript/no-misused-promises -- finally waits for what its callback returns.
    .finally(async () => {
      over.abort();
      for (const index of await runner.close()) folder.remove(folderOf(index));
    });
  // A history that throws says nothing of the store: the environment, the harness or code of the user failed. Such a
  // failure also ends a campaign with --keep-going.
  const thrown: unknown =
    details.failed && !stopped && (failures !== null || notable.failed === undefined)
      ? asOwn(details.errorInstance)
      : neverCalled(options, isBugCalled ? 0 : ran);
  if (thrown !== undefined && thrown !== null) {
    const written = await writeUp({
      ...material,
      ...endedBy(thrown),
      smallest: null,
      elapsedMs: elapsedMs(),
    });
    options.threw?.(written.campaign, written.report);
    // oxlint-disable-next-line typescript/only-throw-error -- Thrown again as it came.
    throw thrown;
  }

  const shrinkProgress = (plan: Plan, tries: number): void => {
    const { operations, faults } = planSize(plan, options.plans.target);
    progress({
      stage: "shrinking",
      tries,
      smallest: `${count(operations, "operation")}, ${count(faults, "fault")}`,
    });
  };
  const shrinking = withinTime(options, beganMs, failures);
  const smallest = await (failures === null
    ? smallestOf(notable.failed, shrinking, bugBundle, shrinkProgress)
    : smallestOfEach(failures, shrinking, bugBundle, shrinkProgress));
  const written = await writeUp({ ...material, smallest, elapsedMs: elapsedMs() });
  if (isFound() || rows.length >= askedOf(options)) {
    if (!options.signal.aborted) folder.remove(stateFile);
  } else if (!options.signal.aborted) saveState();
  return written;
}

/** What campaign.json says of the error that ends the campaign. */
const endedBy = (thrown: unknown): Pick<Campaign, "interrupted" | "nodeFault"> => ({
  interrupted: thrown instanceof Error ? thrown.message : String(thrown),
  ...(thrown instanceof NodeFaultError ? { nodeFault: thrown.message } : {}),
});

/** Adds file, line and function to an error that the user's own code threw. Returns any other error unchanged. */
const asOwn = (thrown: unknown): unknown => ownCodeError(thrown) ?? thrown;

/**
 * The error of a campaign whose histories called no part of the planted bug, so the campaign does not show whether
 * quorate would find the bug. Null without a bug, evidence or histories, and after an interruption.
 *
 * @param histories How many histories ran without a call of a part. 0 if a history called a part.
 */
const neverCalled = (
  { plans: { bug }, evidence, signal }: CampaignOptions,
  histories: number,
): UnjudgedError | null =>
  bug === undefined || !evidence || signal.aborted || histories === 0
    ? null
    : new UnjudgedError({
        code: "bug-never-called",
        expected: "a planted bug whose parts the store calls under these settings",
        got: `${bug}, of which no part was called in ${count(histories, "history", "histories")}`,
        hint: "Choose settings, a profile or faults under which the store calls a part that the bug replaces",
      });

/** The result of running one plan. */
interface Answer {
  readonly judged: Judged | Attempt;
  /** The features of the history, which steer a guided search. Null if the search is not guided. */
  readonly features: ReadonlySet<string> | null;
  /** Why the environment failed in the first try, if it did. */
  readonly retried?: string | undefined;
}

const spreadOf = ({ verdict }: Pick<Judged, "verdict">): Pick<HistoryRow, "spread"> => {
  const spread = spreadIn(verdict);
  return spread === undefined ? {} : { spread };
};

const folderOf = (index: number): string => `histories/${index}`;

/** Runs a campaign's histories: one after the other, or several at a time. */
interface Runner {
  /**
   * Returns the result of the plan with this index, or null if the campaign was interrupted before. Called once for
   * each plan to run, in order of index.
   */
  take(index: number, plan: Plan): Promise<Answer | null>;
  /** Called when the source may have more plans than before. */
  more(): void;
  /** Ends all work. Returns the indices of histories whose results were not taken, but which may have a folder. */
  close(): Promise<readonly number[]>;
}

interface RunnerParts {
  readonly source: PlanSource;
  /** The indices of the histories that an earlier process ran. */
  readonly done: ReadonlySet<number>;
  readonly run: Pick<RunOptions, "evidence" | "bugBundle">;
  runOn(index: number, plan: Plan, cluster: Cluster): Promise<Answer>;
  /** Whether no further history may begin. */
  isOver(): boolean;
}

function runnerOf(
  options: CampaignOptions,
  { source, done, run, runOn, isOver }: RunnerParts,
): Runner {
  const { cluster, beside = [], jobs, plans, seed } = options;
  const queue = queueOf(options, source, done);
  if (beside.length > 0)
    return runSideBySide(
      [cluster, ...beside],
      () => (isOver() ? "later" : queue()),
      ({ index }, on) => runOn(index, source.plan(index), on),
    );
  if (jobs === 1)
    return {
      take: (index, plan) => runOn(index, plan, cluster),
      more: () => {},
      close: () => Promise.resolve([]),
    };
  const task = {
    target: sourceOf(cluster.target),
    draw: { plans: wishesOf(plans), seed: seed | 0 },
    run,
    steers: source.steers,
    runsPrograms: runsNodePrograms(cluster.target),
  };
  const pool = createPool(jobs, queue, task, options.signal);
  // Threads do not write history folders.
  return { ...pool, close: () => pool.close().then(() => []) };
}

interface Begun {
  readonly folder: RunFolder;
  readonly bugBundle: string | undefined;
  /** When the campaign started, in its first process. */
  readonly startedAt: Date;
  /** When this process began its part of the campaign. */
  readonly beganMs: number;
  /** The time that the campaign took so far, including the time of earlier processes. */
  readonly elapsedMs: () => number;
  readonly totals: Totals;
  readonly rows: HistoryRow[];
  readonly news: CampaignState["news"][number][];
  readonly notable: { failed?: Kept; unknown?: Kept; valid?: Kept };
}

async function beginOrGoOn(options: CampaignOptions): Promise<Begun> {
  const beganMs = Date.now();
  const { bug } = options.plans;
  if (options.resumed !== undefined) {
    const { folder, state } = options.resumed;
    // The user's bug file may have changed since the start, so the campaign continues with the copy in its folder, if
    // there is one.
    return {
      folder: openRunFolder(folder),
      bugBundle: bug === undefined ? undefined : await bundleBug(keptBug(folder) ?? bug),
      startedAt: new Date(state.startedAt),
      beganMs,
      elapsedMs: () => Date.now() - beganMs + state.elapsedMs,
      totals: createTotals(options.tolerateUnknown, [state.totals]),
      rows: [...state.rows],
      news: [...state.news],
      notable: notableOf(options.resumed, options.plans),
    };
  }
  const startedAt = new Date(beganMs);
  const bugBundle = bug === undefined ? undefined : await bundleBug(bug);
  const folder = createRunFolder(options.out, labelOf(options), startedAt);
  if (bugBundle !== undefined && isStrange(bug ?? "")) folder.saveBug(bugBundle);
  return {
    folder,
    bugBundle,
    startedAt,
    beganMs,
    elapsedMs: () => Date.now() - beganMs,
    totals: createTotals(options.tolerateUnknown),
    rows: [],
    news: [],
    notable: {},
  };
}

/** The content of resume.json. */
function stateOf({ asked = {}, command }: CampaignOptions, campaign: Begun): string {
  const { startedAt, elapsedMs, rows, totals, notable, news } = campaign;
  const owner = ownSign();
  return JSON.stringify({
    format: "quorate-resume/1",
    asked,
    command,
    startedAt: startedAt.toISOString(),
    elapsedMs: elapsedMs(),
    rows,
    totals: totals.tallies(),
    notable: Object.fromEntries(
      Object.entries(notable).map(([name, { folder }]) => [name, folder] as const),
    ),
    news,
    ...(owner === undefined ? {} : { owner }),
  } satisfies CampaignState);
}

/** Loads the histories that the unfinished campaign's report shows. */
function notableOf(
  resumed: Resumed,
  plans: CampaignOptions["plans"],
): { failed?: Kept; unknown?: Kept; valid?: Kept } {
  return Object.fromEntries(
    Object.entries(resumed.state.notable).map(([name, folder]) => [
      name,
      loadKept(resumed, folder, plans),
    ]),
  );
}

/** The failures among the histories that earlier processes judged. */
function failuresSoFar({ resumed, plans }: CampaignOptions): Failures {
  const failures = createFailures();
  for (const { verdict, folder } of resumed?.state.rows ?? [])
    if (resumed !== undefined && verdict === "invalid" && folder !== undefined)
      failures.add(loadKept(resumed, folder, plans));
  return failures;
}

/**
 * The last part of the run folder's name. Runs of shards may be copied into one folder, so each shard's name is
 * different.
 */
const labelOf = ({ seed, shard }: CampaignOptions): string =>
  shard.of === 1 ? `${seed}` : `${seed}-shard${shard.index + 1}of${shard.of}`;

/**
 * Draws only the plans of this shard, and null for all others. fast-check draws each run from the seed and its index
 * alone, so skipping plans changes no other plan.
 */
function ofShard(
  plans: fc.Arbitrary<Plan>,
  { index, of }: CampaignOptions["shard"],
): fc.Arbitrary<Plan | null> {
  return of === 1 ? plans : new OfShard(plans, index, of);
}

class OfShard extends fc.Arbitrary<Plan | null> {
  private drawn = 0;
  private readonly plans: fc.Arbitrary<Plan>;
  private readonly index: number;
  private readonly of: number;

  constructor(plans: fc.Arbitrary<Plan>, index: number, of: number) {
    super();
    this.plans = plans;
    this.index = index;
    this.of = of;
  }

  override generate(random: fc.Random, bias: number | undefined): fc.Value<Plan | null> {
    return this.drawn++ % this.of === this.index
      ? this.plans.generate(random, bias)
      : new fc.Value<Plan | null>(null, undefined);
  }

  override canShrinkWithoutContext(_value: unknown): _value is Plan | null {
    return false;
  }

  override shrink(): fc.Stream<fc.Value<Plan | null>> {
    return fc.Stream.nil();
  }
}

async function smallestOf(
  failed: Kept | undefined,
  options: CampaignOptions,
  bugBundle: string | undefined,
  progress: (plan: Plan, tries: number) => void,
): Promise<Smallest | null> {
  if (failed === undefined || options.shrinkTimeoutMs === null || options.signal.aborted)
    return null;
  const broken = brokenPromises(failed.verdict);
  options.failed?.(failed.history, failed.verdict.reasons[0] ?? broken.join(", "));
  // The first try may take long.
  progress(failed.plan, 0);
  return findSmallest(failed, {
    broken: isHit(failed, options.targets)
      ? broken.filter((name) => options.targets?.includes(name) ?? true)
      : broken,
    plans: options.plans,
    cluster: options.cluster,
    ...(options.beside === undefined ? {} : { beside: options.beside }),
    run: {
      ...(options.plans.kinds === undefined ? {} : { kinds: options.plans.kinds }),
      evidence: options.evidence,
      signal: options.signal,
      ...(bugBundle === undefined ? {} : { bugBundle }),
    },
    timeoutMs: options.shrinkTimeoutMs,
    ...(options.shrinkTries === undefined ? {} : { mostTries: options.shrinkTries }),
    signal: options.signal,
    progress,
  });
}

/**
 * The options with the time limit for shrinking one failure. If the campaign has a time limit, its failures share the
 * time that is left.
 */
function withinTime(
  options: CampaignOptions,
  beganMs: number,
  failures: Failures | null,
): CampaignOptions {
  const { shrinkTimeoutMs, timeLimitMs } = options;
  if (shrinkTimeoutMs === null || timeLimitMs === undefined) return options;
  const leftMs = Math.max(beganMs + timeLimitMs - Date.now(), timeLimitMs * leastShrinkShare);
  const parts = Math.max(1, Math.min(failures?.alike.length ?? 1, shapesShrunk));
  return { ...options, shrinkTimeoutMs: Math.min(shrinkTimeoutMs, leftMs / parts) };
}

/**
 * The time for histories: the campaign's time limit, or a smaller part of it once a campaign with --keep-going has a
 * failure. Infinite without a limit.
 */
function timeForHistoriesMs(
  { timeLimitMs = Number.POSITIVE_INFINITY }: CampaignOptions,
  failures: Failures | null,
): number {
  const failed = failures !== null && failures.alike.length > 0;
  return timeLimitMs * (failed ? 1 - shrinkShare : 1);
}

/** The share of the time limit that is kept for shrinking once a history has failed in a campaign with --keep-going. */
const shrinkShare = 0.2;
/** The share of the time limit that shrinking gets even if less time is left. */
const leastShrinkShare = 0.05;

/**
 * Shrinks one failure of each shape, up to the first `shapesShrunk` shapes.
 *
 * @returns The smallest case of the first shape.
 */
async function smallestOfEach(
  failures: Failures,
  options: CampaignOptions,
  bugBundle: string | undefined,
  progress: (plan: Plan, tries: number) => void,
): Promise<Smallest | null> {
  let smallest: Smallest | null = null;
  for (const [place, alike] of failures.alike.slice(0, shapesShrunk).entries()) {
    const only = { ...options, targets: [alike.guarantee] };
    const found = await smallestOf(alike.first.whole, only, bugBundle, progress);
    if (found === null) break;
    if (place === 0) smallest = found;
    // The smallest case of the first failing history comes first in the report and has the usual folder name.
    const name = place === 0 ? "shrunk" : `shrunk-${alike.first.history}`;
    alike.smallest = {
      found,
      folder: found.found === null ? alike.first.folder : name,
      token: tokenOf(found.found, found.on, options.cluster.target),
    };
  }
  return smallest;
}

/**
 * Whether to keep a history's folder. In real time `sample` keeps all folders, since a valid history cannot be produced
 * again.
 */
function isKept(keep: Keep, verdict: Outcome, index: number, replaysExactly: boolean): boolean {
  if (verdict !== "valid" || keep === "all") return true;
  return keep === "sample" && (!replaysExactly || index % sampleEvery === 0);
}

/**
 * Whether the history was interrupted before it broke a promise. Such a history does not count, and is run again after a
 * resume.
 */
const isCutOff = ({ judged }: Answer): boolean =>
  isWhole(judged) && wasInterrupted(judged.events) && brokenPromises(judged.verdict).length === 0;

const isWhole = (judged: Judged): judged is Attempt => "events" in judged;

/**
 * Runs a plan again to get its whole history, since a thread returned only the verdict and the hash. Throws if the hash
 * differs. `run` must ignore signals, since an interrupted history would differ.
 */
async function again(judged: Judged, run: () => Promise<Attempt>): Promise<Attempt> {
  const attempted = await run();
  if (attempted.hash === judged.hash) return attempted;
  throw new Error(
    `expected a simulated plan to give the same history each time, hash ${judged.hash}; got ${attempted.hash}`,
  );
}

/** Whether the history broke one of the guarantees in `targets`, or any promise if `targets` is undefined. */
function isHit({ verdict }: Judged, targets: CampaignOptions["targets"]): boolean {
  return brokenPromises(verdict).some((name) => targets?.includes(name) ?? true);
}

const interimEveryMs = 5_000;

/** With --keep sample, a valid simulated history is kept if its index is a multiple of this number. */
const sampleEvery = 100;
