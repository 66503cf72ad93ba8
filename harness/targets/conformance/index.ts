/**
 * The checks that every target must pass before its verdicts can be trusted: it describes itself consistently, starts,
 * serves its workloads, separates histories, survives kill and restart, tells definite from indeterminate errors, has
 * the capabilities it claims, and stops without leaving anything behind.
 */
import { builtInKinds, type Kinds, type Settings } from "../../../generators/index.ts";
import { choosePlatform } from "../../platforms/registry.ts";
import type { Platform } from "../../platforms/platform.ts";
import type { Target } from "../target.ts";
import { Bench, ConformanceError, textOf } from "./bench.ts";
import {
  capabilitiesAreTrue,
  keepsHistoriesApart,
  serves,
  starts,
  survivesRestart,
  tellsErrorsApart,
} from "./checks.ts";
import { descriptionProblem } from "./description.ts";
import { type Traces, watchTraces } from "./traces.ts";

export { ConformanceError } from "./bench.ts";

/** Where and with which settings to test a target. */
export interface ConformanceOptions {
  /** The platform, as for --on. Default: the first available platform on which the target runs. */
  readonly on?: string;
  /** The addresses of a running cluster's nodes as host:port, in the order n1, n2, … */
  readonly addresses?: readonly string[];
  /** The settings of the target. Default: the target's own. */
  readonly settings?: Settings;
  /** Workloads, kinds of fault and checkers, as readConfig returns them. Default: the built-in ones. */
  readonly kinds?: Kinds;
}

/** A check of a target, for a test runner. */
export interface TargetCheck {
  /** What the target does if it passes: "starts", "serves register". */
  readonly name: string;
  /**
   * @returns Null if the target passes, or a sentence that says why the check was impossible here.
   * @throws ConformanceError whose message says what is wrong with the target. Other errors if no cluster can be
   *   opened, or if the cluster cannot be reset or stopped.
   */
  run(): Promise<string | null>;
}

/**
 * Returns the checks of a target. All of them must run, one after the other, since the last check stops the cluster
 * that all share.
 *
 * @param target A target that defineTarget made or a file exports.
 * @param options Where to test the target. Default: on the first available platform.
 * @returns One check after the other, for any test runner.
 * @example
 *   // vitest
 *   for (const { name, run } of testTarget(target)) it(name, async () => void (await run()), 120_000);
 *   // node:test
 *   for (const { name, run } of testTarget(target)) test(name, async () => void (await run()));
 */
export function testTarget(
  target: Target,
  options: ConformanceOptions = {},
): readonly TargetCheck[] {
  const { kinds = builtInKinds } = options;
  const shared = shareBench(target, options);
  const onBench =
    (check: (bench: Bench) => Promise<string | null>) => async (): Promise<string | null> => {
      const bench = await shared.open();
      try {
        return await check(bench);
      } catch (error) {
        throw complaintOf(error, target);
      } finally {
        await bench.cluster.reset();
      }
    };
  return [
    { name: "describes itself", run: async () => describesItself(target, shared, kinds) },
    { name: "starts", run: onBench(starts) },
    ...target.workloads.map((workload) => ({
      name: `serves ${workload}`,
      run: onBench((bench) => serves(bench, workload, kinds)),
    })),
    { name: "shows what its capabilities say", run: onBench(capabilitiesAreTrue) },
    { name: "keeps two histories apart", run: onBench(keepsHistoriesApart) },
    { name: "survives kill and restart", run: onBench(survivesRestart) },
    { name: "tells definite from indeterminate errors", run: onBench(tellsErrorsApart) },
    { name: "stops without a trace", run: () => stopsWithoutATrace(target, shared) },
  ];
}

interface Shared {
  settings(): Settings;
  platform(): Promise<Platform>;
  /** Returns the cluster of all checks. The first check that needs it opens it. */
  open(): Promise<Bench>;
  /** Stops the cluster and returns the names of what is left of it. */
  stop(): Promise<readonly string[]>;
}

function shareBench(
  target: Target,
  { on, addresses, settings, kinds: _ }: ConformanceOptions,
): Shared {
  let traces: Traces | null = null;
  let opened: Promise<Bench> | null = null;
  const settingsNow = (): Settings => target.parseSettings({ ...target.defaults, ...settings });
  const platform = (): Promise<Platform> =>
    choosePlatform(target, on, { ci: false, say: () => {} });
  const open = async (): Promise<Bench> => {
    traces ??= watchTraces();
    const chosen = await platform();
    const cluster = await chosen.open(target, {
      nodes: target.facts(settingsNow()).nodes,
      ...(addresses === undefined ? {} : { addresses }),
    });
    return new Bench(cluster, settingsNow());
  };
  return {
    settings: settingsNow,
    platform,
    open: () => (opened ??= open()),
    async stop() {
      try {
        const bench = await opened;
        await bench?.cluster.stop();
        const inEngine = (await (await platform()).leavings?.()) ?? [];
        return [...((await traces?.left(goingMs)) ?? []), ...inEngine];
      } finally {
        traces?.end();
        traces = null;
        opened = null;
      }
    },
  };
}

/** How many ms processes and temporary files may take to disappear after the cluster has stopped. */
const goingMs = 5_000;

async function describesItself(target: Target, shared: Shared, kinds: Kinds): Promise<null> {
  const { name: platform, virtualTime } = await shared.platform();
  let problem: string | null;
  try {
    problem = descriptionProblem(target, shared.settings(), kinds, { platform, virtualTime });
  } catch (error) {
    throw complaintOf(error, target);
  }
  if (problem !== null) throw new ConformanceError(problem);
  return null;
}

async function stopsWithoutATrace(target: Target, shared: Shared): Promise<null> {
  const left = await shared.stop();
  if (left.length === 0) return null;
  throw new ConformanceError(
    `${target.name} was stopped, but this is left: ${left.join("; ")}. In close(), end and remove what clients, prepare or the nodes' descriptions made.`,
  );
}

/**
 * Returns the error of a failed check. An error other than ConformanceError counts as a mistake of the target's code.
 */
const complaintOf = (error: unknown, { name }: Target): ConformanceError =>
  error instanceof ConformanceError
    ? error
    : new ConformanceError(
        `${name} threw an error, which no target may do in this check: ${textOf(error)}`,
        error,
      );
