/** `quorate run`: plan, run, check, shrink, report. */
import { randomInt } from "node:crypto";
import type { Command } from "commander";
import type { GuaranteeName } from "../../checkers/index.ts";
import { builtInKinds, faultKinds as allFaults, type PlanOptions } from "../../generators/index.ts";
import { renderTerminal } from "../../reports/index.ts";
import {
  applySetting,
  defaultSettings,
  parseSettings,
  type SettingsInput,
  type StoreSettings,
} from "../../store/index.ts";
import { bugs, bundled, profileNames, profiles } from "../targets/bundled/index.ts";
import { bugFile, bundleBug, isStrange } from "../bug-bundle.ts";
import { nearest } from "../nearest.ts";
import { makeFile, makeFolder } from "../files.ts";
import { runCampaign, swarmable, swarmableUnderProfile, type WriteUp } from "../campaign/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import { cannotMake } from "../run/index.ts";
import { isApart, runApart } from "./apart.ts";
import { choosePlatform, platformNames } from "../platforms/registry.ts";
import { stopping } from "./engine.ts";
import { exitOf, usage } from "./exit.ts";
import { tellGitHub } from "./github.ts";
import { abortOnSignal } from "./interrupt.ts";
import { searches } from "../search/index.ts";
import { commandLine } from "./command-line.ts";
import { columnsOf, createOutput } from "./output.ts";
import { createProgressLine } from "./progress.ts";
import { faultKinds, profileName } from "./plan-values.ts";
import { guaranteeName, jobsOf, notBuilt, oneOf, shardOf, wholeNumber } from "./values.ts";

interface RunFlags {
  readonly on?: string;
  readonly seed?: string;
  readonly profile?: string;
  readonly set: readonly string[];
  readonly promise: readonly string[];
  readonly workload?: string;
  readonly faults?: string;
  readonly histories?: string;
  readonly seconds?: string;
  readonly search: string;
  readonly bug?: string;
  readonly jobs: string;
  readonly shard?: string;
  readonly out: string;
  readonly junit?: string;
  readonly tolerateUnknown?: string;
  readonly shrink: boolean;
  readonly evidence: boolean;
  readonly json?: boolean;
}

const collect = (value: string, earlier: readonly string[]): readonly string[] => [
  ...earlier,
  value,
];

export function addRun(program: Command): void {
  program
    .command("run")
    .description("plan, run, check, shrink, report")
    .option("--on <cluster>", "docker or sim (default: docker where an engine answers, else sim)")
    .option("--seed <S>", "all that is random comes from it (default: drawn, and printed)")
    .option("--profile <NAME>", `${profileNames.join(", ")}: a known system's settings, all fixed`)
    .option("--set <path=value>", "any setting of the store, again for more", collect, [])
    .option(
      "--promise <NAME>",
      "claim a guarantee that the settings do not imply, again for more",
      collect,
      [],
    )
    .option("--workload <NAME>", "register or siblings")
    .option("--faults <LIST>", `all, none, or some of ${allFaults.join(",")}`)
    .option("--histories <N>", "how many (default: 200 on sim, 5 on docker)")
    .option("--seconds <S>", "start no history after so many seconds")
    .option(
      "--jobs <J>",
      "run simulated histories on so many threads; the results are the same",
      "1",
    )
    .option(
      "--shard <I/N>",
      "run only the I-th of N parts of the campaign, which together are the whole",
    )
    .option(
      "--search <MODE>",
      "random, or guided: on from plans that made the store do something new",
      "random",
    )
    .option("--bug <NAME|FILE>", "run the store with a planted bug")
    .option("--out <DIR>", "the folder of runs", "runs")
    .option("--junit <FILE>", "write JUnit XML too")
    .option(
      "--tolerate-unknown <PERCENT>",
      "how many histories in a hundred may be unknown (default: 1 in the simulator, else 5)",
    )
    .option("--no-shrink", "do not shrink a failing plan")
    .option("--no-evidence", "judge from clients and inspection alone")
    .option("--json", "one JSON document on stdout, progress on stderr")
    .action(async (flags: RunFlags, command: Command) => {
      if (flags.bug !== undefined) bugFile(flags.bug);
      process.exitCode =
        !isApart && flags.bug !== undefined && isStrange(flags.bug)
          ? await runApart(process.argv.slice(2))
          : await run(flags, commandLine(command));
    });
}

async function run(flags: RunFlags, command: string): Promise<number> {
  const output = createOutput(flags.json === true);
  // All flags are read before anything is started: a mistake costs nothing.
  const plans = planOptions(flags);
  if (flags.bug !== undefined) await bundleBug(flags.bug);
  if (flags.junit !== undefined) makeFile("--junit", flags.junit);
  makeFolder("--out", flags.out);
  const asked = flags.on === undefined ? undefined : oneOf("--on", flags.on, platformNames);
  const seed =
    flags.seed === undefined
      ? randomInt(2 ** 31)
      : wholeNumber("--seed", flags.seed, 0, 2 ** 31 - 1);
  const histories =
    flags.histories === undefined
      ? undefined
      : wholeNumber("--histories", flags.histories, 1, 10_000_000);
  const seconds =
    flags.seconds === undefined ? undefined : wholeNumber("--seconds", flags.seconds, 1, 1_000_000);
  const tolerateUnknown =
    flags.tolerateUnknown === undefined
      ? undefined
      : wholeNumber("--tolerate-unknown", flags.tolerateUnknown, 0, 100) / 100;
  const jobs = jobsOf(flags.jobs);
  const search = oneOf("--search", flags.search, searches);
  const shard = flags.shard === undefined ? { index: 0, of: 1 } : shardOf(flags.shard);
  if (search === "guided" && shard.of > 1)
    throw usage({
      code: "contradiction",
      expected: "--search guided without --shard",
      got: `--shard ${flags.shard ?? ""}`,
      hint: "A guided plan depends on all earlier ones: use --jobs, or other seeds on other machines",
    });
  const platform = await choosePlatform(bundled, asked, {
    ci: process.env["CI"] === "true",
    say: output.say,
  });
  if (!platform.threads && jobs > 1)
    throw notBuilt(
      `--jobs on ${platform.name}`,
      "several clusters of containers at a time (use --jobs 1, or --shard on several machines)",
    );
  output.say(`Seed ${seed}.`);
  const signal = abortOnSignal(output.say);
  const cluster = await platform.open(bundled, {
    nodes: bundled.facts(plans.settings).nodes,
    say: output.say,
  });
  const line = createProgressLine(process.stderr);
  const runAndTell = async (): Promise<number> => {
    const possible = possibleFaults(plans.faults, cluster, output.say);
    if (flags.faults !== undefined && plans.faults.length > 0 && possible.length === 0)
      throw usage({
        code: "fault-impossible",
        expected: `--faults with at least one kind that can be made on ${platform.name}`,
        got: `--faults ${flags.faults}`,
        hint: "Add others, or choose another platform with --on",
      });
    const result = await runCampaign({
      cluster,
      seed,
      jobs,
      search,
      shard,
      histories: histories ?? platform.usualHistories,
      ...(seconds === undefined ? {} : { timeLimitMs: seconds * 1000 }),
      ...(flags.profile === undefined ? {} : { profile: flags.profile }),
      plans: { ...plans, faults: possible, quick: !platform.virtualTime },
      out: flags.out,
      command,
      evidence: flags.evidence,
      tolerateUnknown: tolerateUnknown ?? (platform.virtualTime ? 0.01 : 0.05),
      shrinkTimeoutMs: flags.shrink ? shrinkTimeoutMs : null,
      ...(flags.junit === undefined ? {} : { junitFile: flags.junit }),
      ...(flags.bug !== undefined && Object.hasOwn(bugs, flags.bug)
        ? { targets: bugs[flags.bug]?.breaks ?? [] }
        : {}),
      signal,
      progress: line.update,
    });
    line.clear();
    output.document(documentOf(result));
    if (!output.json)
      output.say(
        renderTerminal(result.campaign, {
          color: process.stdout.isTTY,
          columns: columnsOf(process.stdout),
          steps: result.steps,
          report: result.report,
        }),
      );
    tellGitHub(result.campaign, output, process.env);
    return exitOf[result.campaign.verdict];
  };
  return stopping(
    runAndTell().finally(() => line.clear()),
    () => [cluster],
  );
}

/** What this cluster cannot do is left out, and said once; of the simulator only to who named it, as there it is no lack of the machine's. */
function possibleFaults(
  asked: readonly string[],
  cluster: Cluster,
  say: (line: string) => void,
): readonly string[] {
  const why = new Map(
    asked.flatMap((kind) => {
      const reason = cannotMake(kind, cluster, builtInKinds);
      return reason === null ? [] : [[kind, reason] as const];
    }),
  );
  const lacks = cluster.watch === undefined || asked.length < allFaults.length;
  for (const [kind, reason] of lacks ? why : [])
    say(`Without faults of the kind ${kind}: ${reason}.`);
  if (asked.length > 0 && cluster.watch === undefined)
    say(
      "Without faults that wait for a trigger inside a node: only the simulator can act between two frames.",
    );
  return asked.filter((kind) => !why.has(kind));
}

function planOptions(flags: RunFlags): PlanOptions {
  if (flags.bug !== undefined) bugFile(flags.bug);
  const claimed: GuaranteeName[] = flags.promise.map((name) => guaranteeName("--promise", name));
  return {
    target: bundled,
    settings: settingsOf(flags),
    workload: settingsOf(flags).versions === "siblings" ? "siblings" : "register",
    // What the person left open, each plan draws for itself.
    swarmSettings: (flags.profile === undefined ? swarmable : swarmableUnderProfile).filter(
      (name) => !flags.set.some((assignment) => assignment.startsWith(`${name}=`)),
    ),
    faults: flags.faults === undefined ? allFaults : faultKinds(flags.faults),
    claimed: [...new Set(claimed)],
    ...(flags.bug === undefined ? {} : { bug: flags.bug }),
  };
}

/** What is set by hand is judged as one whole, at the end: --set n=1 --set w=1 must not stumble over the order. */
function settingsOf(flags: RunFlags): StoreSettings {
  let settings: SettingsInput =
    flags.profile === undefined ? defaultSettings : profiles[profileName(flags.profile)].settings;
  if (flags.workload !== undefined)
    settings = {
      ...settings,
      versions:
        oneOf("--workload", flags.workload, ["register", "siblings"]) === "siblings"
          ? "siblings"
          : "stamps",
    };
  for (const assignment of flags.set) settings = applySetting(settings, knownSetting(assignment));
  if (
    flags.workload !== undefined &&
    (flags.workload === "siblings") !== (settings.versions === "siblings")
  )
    throw usage({
      code: "contradiction",
      expected: "--workload and --set versions=… to agree",
      got: `--workload ${flags.workload} with versions=${settings.versions}`,
      hint: "Leave one of them out",
    });
  return parseSettings(settings);
}

function knownSetting(assignment: string): string {
  const name = assignment.split("=", 1)[0] ?? "";
  if (Object.hasOwn(defaultSettings, name)) {
    if (assignment.includes("=")) return assignment;
    throw usage({
      code: "settings-assignment",
      expected: "--set path=value",
      got: `${JSON.stringify(assignment)} without =value`,
      hint: `Write --set ${name}=VALUE; the default is ${name}=${String(defaultSettings[name as keyof StoreSettings])}`,
    });
  }
  const names = Object.keys(defaultSettings);
  throw usage({
    code: "settings-assignment",
    expected: "--set path=value with the name of a setting",
    got: JSON.stringify(assignment),
    hint: `The nearest names: ${nearest(name, names)}; store/README.md says where all ${names.length} are`,
  });
}

function documentOf({ campaign, folder, report, steps }: WriteUp): unknown {
  return {
    verdict: campaign.verdict,
    reasons: campaign.reasons,
    on: campaign.on,
    seed: campaign.seed,
    ...(campaign.bug === undefined ? {} : { bug: campaign.bug }),
    histories: campaign.histories.length,
    operations: campaign.operations.total,
    ok: campaign.operations.ok,
    elapsedMs: campaign.elapsedMs,
    hashes: campaign.histories.map((row) => row.hash),
    guarantees: campaign.guarantees,
    faults: campaign.faults,
    anomalies: campaign.anomalies,
    ...(campaign.shrunk === undefined ? {} : { shrunk: campaign.shrunk, steps }),
    run: folder,
    report,
    replay: campaign.replay,
    ...(campaign.replayAnywhere === undefined ? {} : { replayAnywhere: campaign.replayAnywhere }),
    ...(campaign.interrupted === undefined ? {} : { interrupted: campaign.interrupted }),
  };
}

const shrinkTimeoutMs = 30_000;
