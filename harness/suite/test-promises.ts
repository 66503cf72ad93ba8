/** Tests a store's promises with random plans, run and judged as a fast-check property. */
import { nothingSmaller } from "../../reports/index.ts";
import fc from "fast-check";
import type { GuaranteeName } from "../../checkers/index.ts";
import { builtInKinds, type Json, type Plan, planArbitrary } from "../../generators/index.ts";
import { bundleBug } from "../bug-bundle.ts";
import { attempt, type CampaignOptions, createRunFolder, writeUp } from "../campaign/index.ts";
import { type Chosen, chooseTarget } from "../cli/chosen-target.ts";
import { addressesOf, placeOf } from "../cli/placed.ts";
import { planOptions } from "../cli/wishes.ts";
import { EnvironmentError, UnjudgedError } from "../errors.ts";
import type { Cluster } from "../platforms/cluster.ts";
import { cannotMake } from "../run/index.ts";
import type { Target } from "../targets/target.ts";
import { BrokenPromiseError } from "./broken-promise-error.ts";
import { createTally } from "./tally.ts";

/** The parameters of fast-check that apply to histories. */
const fastCheckNames = [
  "seed",
  "path",
  "numRuns",
  "interruptAfterTimeLimit",
  "skipAllAfterTimeLimit",
  "markInterruptAsFailure",
  "endOnFailure",
  "verbose",
  "randomType",
  "logger",
] as const;

/**
 * What to test, and fast-check's own parameters: `numRuns`, `seed`, `path`, `interruptAfterTimeLimit`, `verbose`,
 * `reporter`, …
 */
export interface SuiteOptions extends Pick<
  fc.Parameters<[plan: Plan]>,
  (typeof fastCheckNames)[number] | "reporter" | "asyncReporter"
> {
  /**
   * The target to test: an object, the name of a built-in target, or the path of a configuration file. Default: the
   * configuration file in the working directory (quorate.config.ts, .json, …), or else `bundled`.
   */
  readonly target?: Target | string;
  /** The platform: `sim`, `docker`, `process` or `external`. Default: as for `quorate run`. */
  readonly on?: string;
  /** The addresses of a running cluster: host:port of each node. */
  readonly addresses?: readonly string[];
  readonly workload?: string;
  readonly faults?: readonly string[] | "all" | "none";
  readonly settings?: Readonly<Record<string, Json>>;
  /** Guarantees claimed beyond what the target promises. */
  readonly promise?: readonly GuaranteeName[];
  /** The name of a planted bug of the bundled store, or the path of a bug's file. */
  readonly bug?: string;
  /** Whether Hosts record evidence. Default: true. */
  readonly evidence?: boolean;
  /** The folder of runs, where a failure leaves its report. Default: runs. */
  readonly out?: string;
}

/** What a passed test has shown. */
export interface SuiteResult {
  readonly histories: number;
  readonly operations: { readonly total: number; readonly ok: number };
  readonly seed: number;
  /** Why the first history without a verdict could not be judged. Absent if all histories were judged. */
  readonly unknown?: string;
}

/**
 * Tests the promises of a store. In any runner, a test is one call of this function. fast-check draws and shrinks plans
 * with its usual parameters. `quorate/vitest` makes a Vitest test of it.
 *
 * @param options What to test. The default of `numRuns` depends on the platform: 200 simulated histories, 20 on local
 *   processes, 5 elsewhere.
 * @throws BrokenPromiseError if a history breaks a promise, with the smallest case found and a report in the folder of
 *   runs.
 * @throws EnvironmentError if nodes cannot run here, or fewer than half of the histories could be judged.
 * @throws UsageError if the options make no sense.
 * @throws UnjudgedError if a planted bug throws while it is planted, or a history is too long.
 * @example
 * import { test } from "node:test"; // Jest: the same call
 * import { testPromises } from "quorate";
 *
 * test("keeps its promises", () => testPromises({ target: "quorate.config.ts", numRuns: 20 }));
 */
export async function testPromises(options: SuiteOptions = {}): Promise<SuiteResult> {
  const chosen = await chosenOf(options);
  const { target } = chosen;
  const addresses = addressesOf(
    {
      ...(options.on === undefined ? {} : { on: options.on }),
      ...(options.addresses === undefined ? {} : { addresses: options.addresses.join(",") }),
    },
    chosen,
  );
  const wishes = planOptions(
    { set: [], promise: [], ...(options.bug === undefined ? {} : { bug: options.bug }) },
    chosen,
    addresses,
  );
  const bugBundle = options.bug === undefined ? undefined : await bundleBug(options.bug);
  const quiet = (): void => {};
  const platform = await placeOf(target, options.on ?? chosen.config?.on, addresses, quiet);
  const cluster = await platform.open(target, {
    nodes: target.facts(wishes.settings).nodes,
    say: quiet,
    addresses,
  });
  try {
    const plans = {
      ...wishes,
      quick: !platform.virtualTime,
      faults: wishes.faults.filter((kind) => cannotMake(kind, cluster, chosen.kinds) === null),
    };
    return await checkOn(cluster, plans, platform.usualHistories, options, bugBundle);
  } finally {
    await cluster.stop();
  }
}

async function checkOn(
  cluster: Cluster,
  plans: CampaignOptions["plans"],
  usualHistories: number,
  options: SuiteOptions,
  bugBundle: string | undefined,
): Promise<SuiteResult> {
  const startedAt = new Date();
  const tally = createTally();
  const run = {
    evidence: options.evidence ?? true,
    ...(plans.kinds === undefined ? {} : { kinds: plans.kinds }),
    ...(bugBundle === undefined ? {} : { bugBundle }),
  };
  let thrown: { readonly error: unknown } | undefined;
  let shrinksUntilMs = Number.POSITIVE_INFINITY;
  const holds = async (plan: Plan): Promise<boolean> => {
    // After an error outside of the store, or when the time for shrinking is up, every plan passes, so that shrinking
    // ends.
    if (thrown !== undefined || Date.now() > shrinksUntilMs) return true;
    try {
      const held = tally.add(await attempt(plan, cluster, run));
      if (!held && shrinksUntilMs === Number.POSITIVE_INFINITY)
        shrinksUntilMs = Date.now() + (cluster.replaysExactly ? shrinkMs : shrinkInRealTimeMs);
      return held;
    } catch (error) {
      // A smaller plan that cannot be judged counts as passed, since it is not a smaller failure.
      if (!(error instanceof UnjudgedError) || tally.failed() === null) thrown = { error };
      return true;
    }
  };
  let running: Promise<boolean> = Promise.resolve(true);
  const property = fc.asyncProperty(planArbitrary(plans), (plan) => (running = holds(plan)));
  const numRuns = options.numRuns ?? usualHistories;
  const details = await fc.check(property, {
    ...Object.fromEntries(fastCheckNames.map((name) => [name, options[name]])),
    numRuns,
    skipEqualValues: false,
  });
  // At its time limit fast-check abandons a history that still uses the cluster, so this waits for that history.
  await running;
  if (thrown !== undefined) throw thrown.error;
  const failed = tally.failed();
  if (failed === null) {
    await report(details, options);
    if (details.failed) throw new Error(fc.defaultReportMessage(details) ?? "nothing was run");
    return resultOf(tally, details.seed);
  }
  const folder = createRunFolder(options.out ?? "runs", String(details.seed), startedAt);
  await folder.save(failed.first.folder, failed.first);
  const written = await writeUp({
    options: {
      cluster,
      plans,
      seed: details.seed,
      histories: numRuns,
      jobs: 1,
      shard: { index: 0, of: 1 },
      out: options.out ?? "runs",
      command: ["node", ...process.argv.slice(1)].join(" "),
      evidence: run.evidence,
      tolerateUnknown: 1,
      shrinkTimeoutMs: null,
      signal: new AbortController().signal,
      progress: () => {},
    },
    folder,
    totals: tally.totals,
    rows: tally.rows,
    failures: null,
    notable: { failed: failed.first },
    smallest: {
      found: failed.smallest,
      on: cluster,
      tries: failed.tries,
      ended:
        details.interrupted || Date.now() > shrinksUntilMs
          ? "shrinking was interrupted or reached its time limit"
          : nothingSmaller,
    },
    startedAt,
    elapsedMs: Date.now() - startedAt.getTime(),
  });
  const error = new BrokenPromiseError(written, {
    seed: details.seed,
    path: details.counterexamplePath ?? "",
    numRuns,
  });
  await report(details, options);
  throw error;
}

function resultOf(tally: ReturnType<typeof createTally>, seed: number): SuiteResult {
  const unknown = tally.unknown();
  const histories = tally.rows.length;
  if (unknown.histories * 2 > histories)
    throw new EnvironmentError({
      code: "mostly-unknown",
      expected: `at least half of ${histories} histories to be judged`,
      got: `${unknown.histories} unknown; the first: ${unknown.why}`,
      hint: "Run quorate doctor, and see why histories end early",
    });
  const { total, ok } = tally.totals.operations();
  return {
    histories,
    operations: { total, ok },
    seed,
    ...(unknown.histories === 0 ? {} : { unknown: unknown.why }),
  };
}

/**
 * Returns the target and its configuration, in which the test's options replace fields. Settings are replaced one by
 * one.
 */
async function chosenOf(options: SuiteOptions): Promise<Chosen> {
  const { target, settings, workload, faults, promise } = options;
  const chosen: Chosen =
    typeof target === "object"
      ? { target, kinds: builtInKinds }
      : await chooseTarget(target, () => {});
  return {
    ...chosen,
    config: {
      // The file is empty for a target that was given as an object.
      file: chosen.config?.file ?? "",
      target: chosen.target,
      kinds: chosen.kinds,
      ...chosen.config,
      ...(settings === undefined ? {} : { settings: { ...chosen.config?.settings, ...settings } }),
      ...(workload === undefined ? {} : { workload }),
      ...(faults === undefined ? {} : { faults }),
      ...(promise === undefined ? {} : { promise }),
    },
  };
}

/**
 * The time that shrinking may take, in ms, on clusters that replay exactly and in real time. It is the usual time of
 * `quorate run`.
 */
const shrinkMs = 30_000;
const shrinkInRealTimeMs = 180_000;

/**
 * Calls the user's reporters once, whether the test passed or failed. An error that a reporter throws fails the test.
 */
async function report(
  details: fc.RunDetails<[plan: Plan]>,
  { reporter, asyncReporter }: SuiteOptions,
): Promise<void> {
  reporter?.(details);
  await asyncReporter?.(details);
}
