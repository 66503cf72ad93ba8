/** `quorate replay`: runs a plan again and compares the result with the recorded result. */
import { statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Command } from "commander";
import type { Verdict } from "../../checkers/index.ts";
import { isToken, readable } from "../../generators/index.ts";
import { count, type ReplayReport, sentence } from "../../reports/index.ts";
import { bugFile, bundleBug, differsNow, isStrange } from "../bug-bundle.ts";
import {
  anomaliesOf,
  type Attempt,
  brokenPromises,
  createRunFolder,
  type Judged,
  repeat,
} from "../campaign/index.ts";
import { checkFolder } from "../files.ts";
import { hashHistory } from "../history-file.ts";
import type { Progress } from "../run/index.ts";
import { isApart, runApart } from "./apart.ts";
import type { Cluster } from "../platforms/cluster.ts";
import { type Chosen, targetOfPlan } from "./chosen-target.ts";
import { simulatorName } from "../platforms/simulator/index.ts";
import { stopping } from "./engine.ts";
import { commandLine } from "./command-line.ts";
import { exit } from "./exit.ts";
import { abortOnSignal } from "./interrupt.ts";
import { type Loaded, loadReplayed } from "./load.ts";
import { createOutput } from "./output.ts";
import { addressesOf, placeOf, simulatesNodes } from "./placed.ts";
import { createProgressLine } from "./progress.ts";
import { askerAt, requireTrust } from "./trust.ts";
import { jobsOf, notBuilt, wholeNumber } from "./values.ts";
import { programSettings } from "./wishes.ts";

interface ReplayFlags {
  readonly target?: string;
  readonly on?: string;
  readonly addresses?: string;
  readonly times?: string;
  readonly jobs: string;
  readonly bug?: string;
  /** The path of the program that each node runs, in place of the plan's program. */
  readonly bin?: string;
  readonly out: string;
  readonly trust: boolean;
  readonly json?: boolean;
}

export function addReplay(program: Command): void {
  program
    .command("replay <target>")
    .summary("run one plan again: of a run's folder or zip, a history, a plan.json or a token")
    .description(
      "run one plan again: of a history's folder, a plan.json or a token, or of a run's folder or zip (the smallest failing history, else another kept history)",
    )
    .option(
      "--target <NAME|FILE>",
      "the plan's target (default: the built-in one that the plan names, or this folder's configuration)",
    )
    .option("--on <PLATFORM>", "sim, docker, process or external (default: where the plan ran)")
    .option("--addresses <LIST>", "nodes of a running cluster: host:port,host:port,…")
    .option(
      "--times <K>",
      "run the plan K times, and print how many runs reproduced the result (default: 1 in the simulator, else 3)",
    )
    .option("--jobs <J>", "run J simulated histories at a time", "1")
    .option(
      "--bug <NAME|FILE>",
      "plant this bug (default: the plan's bug; of a bug's file the copy that the run kept)",
    )
    .option(
      "--bin <FILE>",
      "the node's program, for --target maelstrom (default: the path that the plan names)",
    )
    .option(
      "--trust",
      "run the bug's file that the folder, plan or token names, without asking",
      false,
    )
    .option("--out <DIR>", "the folder where runs are kept", "runs")
    .option("--json", "one JSON document on stdout, progress on stderr")
    .action(async (target: string, flags: ReplayFlags, command: Command) => {
      process.exitCode = await replay(target, flags, commandLine(command));
    });
}

// oxlint-disable-next-line eslint/complexity -- One step after the other, each with what may go wrong in it.
async function replay(what: string, flags: ReplayFlags, command: string): Promise<number> {
  const output = createOutput(flags.json === true);
  const asked =
    flags.times === undefined ? undefined : wholeNumber("--times", flags.times, 1, 100_000);
  const jobs = jobsOf(flags.jobs);
  checkFolder("--out", flags.out);
  if (flags.bug !== undefined) bugFile(flags.bug);
  let found: Chosen | undefined;
  const zipped = isZip(what);
  const recorded = await loadReplayed(
    zipped ? await (await import("../run-archive.ts")).unzipRun(what) : what,
    async (name) => (found ??= await targetOfPlan(name, flags.target, output.sayFirst)),
  );
  if (found === undefined) throw new Error("expected a plan of some target; got none");
  const chosen: Chosen = found;
  const { target, kinds, config } = chosen;
  const loaded = withProgram(withBug(recorded, flags.bug), flags.bin, target);
  const { bug } = loaded.plan;
  if (!isApart && bug !== undefined && isStrange(bug)) {
    // The user trusts a bug's file that the command line names.
    if (flags.bug === undefined)
      await requireTrust(
        zipped && loaded.bug !== undefined
          ? `${basename(loaded.bug)} in ${what}`
          : (loaded.bug ?? resolve(bug)),
        isToken(what) ? "the token" : what,
        {
          trusted: flags.trust,
          ask: output.json ? null : askerAt(process.stdin, process.stderr),
          command,
        },
      );
    return runApart([...process.argv.slice(2), "--trust"], "bug");
  }
  if (loaded.instead !== undefined) output.sayFirst(loaded.instead);
  const on = flags.on ?? loaded.on ?? (target.simulator === undefined ? config?.on : simulatorName);
  if (flags.on === undefined && loaded.on === undefined && !isToken(what))
    output.sayFirst(
      `No file beside the plan says where the plan ran${on === undefined ? "" : `, so the plan runs on ${on}`}; --on chooses a platform.`,
    );
  const addresses = addressesOf({ ...flags, ...(on === undefined ? {} : { on }) }, chosen);
  const platform = await placeOf(target, on, addresses, output.sayFirst);
  if (!isApart && simulatesNodes(platform, target)) return runApart(process.argv.slice(2), "node");
  await platform.prepare(target, loaded.plan.settings);
  if (platform.sideBySide !== "threads" && jobs > 1)
    throw notBuilt(
      `--jobs on ${platform.name}`,
      "running several histories at the same time outside of the simulator (use --jobs 1)",
    );
  if (bug !== undefined && loaded.bug !== undefined && (await differsNow(bug, loaded.bug)))
    output.say(
      `${bug} has changed since the run: using ${loaded.bug}, the copy that the run kept (--bug ${bug} uses the changed file).`,
    );
  const bugBundle = bug === undefined ? undefined : await bundleBug(loaded.bug ?? bug);
  const signal = abortOnSignal(output.say);
  const cluster = await platform.open(target, {
    nodes: target.facts(loaded.plan.settings).nodes,
    say: output.say,
    addresses,
  });
  // In real time a failure does not appear in every run, so without --times the plan runs three times.
  const times = asked ?? (cluster.replaysExactly ? 1 : 3);
  const evidence = hadEvidence(loaded);
  const startedAt = new Date();
  const folder = createRunFolder(flags.out, "replay", startedAt);
  if (bugBundle !== undefined && isStrange(bug ?? "")) folder.saveBug(loaded.bug ?? bugBundle);
  const run = { kinds, evidence, signal, ...(bugBundle === undefined ? {} : { bugBundle }) };
  const keep = async (time: number, attempted: Attempt): Promise<void> =>
    time < kept ? folder.save(`histories/${time}`, attempted) : undefined;
  const line = createProgressLine(process.stderr);
  const retries = (why: string): void => {
    line.clear();
    output.say(`Tried once more: ${why}`);
  };
  const progress = (histories: number, inside?: Progress): void =>
    line.update({
      stage: "running",
      histories,
      asked: times,
      operations: 0,
      faults: 0,
      ...(inside === undefined ? {} : { inside }),
    });
  progress(0);
  const attempts = await stopping(
    repeat(loaded.plan, { cluster, times, jobs, run, keep, progress, retries }).finally(line.clear),
    () => [cluster],
  );
  const expected = expectation(loaded, cluster);
  const reproduced = attempts.filter((attempted) => expected.holds(attempted)).length;
  const last = attempts.at(-1);
  const stopped =
    signal.aborted && attempts.length < times
      ? `stopped by a signal after ${attempts.length} of ${count(times, "run")}`
      : undefined;
  const outcome = {
    on: platform.name,
    runs: attempts.length,
    reproduced,
    expected: expected.sentence,
    hash: last?.hash ?? null,
    verdict: last?.verdict.verdict ?? "unknown",
    ...(stopped === undefined ? {} : { interrupted: stopped }),
  } as const;
  folder.saveText(
    "replay.json",
    `${JSON.stringify({ format: "quorate-replay/1", target: what, startedAt: startedAt.toISOString(), ...outcome } satisfies ReplayReport, null, 2)}\n`,
  );
  output.document({
    target: { name: target.name, version: target.version },
    ...outcome,
    anomalies: last === undefined ? [] : anomaliesOf(last.verdict),
    run: folder.path,
  });
  if (!output.json) {
    for (const line of readable(loaded.plan, { target, kinds })) output.say(`  ${line}`);
    output.say(`Expected: ${expected.sentence}.`);
    if (stopped !== undefined)
      output.say(`${sentence(stopped)}. A run that the signal cut off does not count.`);
    if (attempts.length > 0)
      output.say(
        `Reproduced in ${reproduced} of ${attempts.length} runs on ${platform.name} (${target.name} ${target.version}).`,
      );
    for (const anomaly of last === undefined ? [] : anomaliesOf(last.verdict))
      output.say(`${anomaly.guarantee}: ${anomaly.explanation}`);
    if (last !== undefined) {
      output.say(`History: ${join(folder.path, "histories", "0", "history.jsonl")}`);
      output.say(`Hash: ${last.hash}`);
    }
  }
  if (stopped !== undefined) return exit.unknown;
  // In the simulator every run must reproduce the result. In real time one run that reproduces it is enough.
  return (cluster.replaysExactly ? reproduced === attempts.length : reproduced > 0)
    ? exit.held
    : exit.broken;
}

/** Whether the argument is a run's zip file. A folder whose name ends in .zip is none. */
const isZip = (what: string): boolean =>
  what.toLowerCase().endsWith(".zip") &&
  (statSync(what, { throwIfNoEntry: false })?.isFile() ?? false);

/** Replaces the plan's bug by `bug`, if the user named one. Then the copy that the run kept is not used either. */
function withBug(loaded: Loaded, bug: string | undefined): Loaded {
  if (bug === undefined) return loaded;
  const { bug: _, ...rest } = loaded;
  return { ...rest, plan: { ...loaded.plan, bug } };
}

/**
 * Replaces the path of the nodes' program by `bin`, if the user named one. Then the history begins with other settings,
 * so its hash is not compared.
 */
function withProgram(loaded: Loaded, bin: string | undefined, target: Chosen["target"]): Loaded {
  if (bin === undefined) return loaded;
  const { settings } = loaded.plan;
  const program = programSettings({ bin }, target);
  return {
    ...loaded,
    isFormer: true,
    plan: { ...loaded.plan, settings: { ...settings, ...program } },
  };
}

function hadEvidence({ history }: Loaded): boolean {
  const first = history?.[0];
  return first?.e === "run" ? first.capabilities.evidence : true;
}

interface Expectation {
  readonly sentence: string;
  readonly holds: (judged: Judged) => boolean;
}

/**
 * What a replay must match. For a history from the simulator that is replayed there, this is the recorded hash and
 * verdict, unless an earlier version wrote the history or the program has another path now. Else it is one of the same
 * broken promises, or the same verdict if none was broken. Without an earlier history, a promise must break.
 */
function expectation(
  loaded: Loaded,
  { platform, replaysExactly }: Pick<Cluster, "platform" | "replaysExactly">,
): Expectation {
  const { history, verdict } = loaded;
  if (history === undefined || verdict === undefined)
    return {
      sentence: "a promise breaks (there is no earlier history to compare with)",
      holds: (attempted) => attempted.verdict.verdict === "invalid",
    };
  if (replaysExactly && loaded.on === platform && loaded.isFormer !== true) {
    const hash = hashHistory(history);
    return {
      sentence: `the same history, hash ${hash}, verdict ${verdict.verdict}`,
      holds: (attempted) => attempted.hash === hash && sameOutcome(attempted.verdict, verdict),
    };
  }
  const broken = brokenPromises(verdict);
  return {
    sentence:
      broken.length > 0
        ? `one of these guarantees breaks again: ${broken.join(", ")}`
        : `the verdict ${verdict.verdict} again`,
    holds: (attempted) =>
      broken.length > 0
        ? brokenPromises(attempted.verdict).some((name) => broken.includes(name))
        : attempted.verdict.verdict === verdict.verdict,
  };
}

function sameOutcome(a: Verdict, b: Verdict): boolean {
  return a.verdict === b.verdict && brokenPromises(a).join() === brokenPromises(b).join();
}

/** The largest number of histories that a replay keeps in its folder. */
const kept = 20;
