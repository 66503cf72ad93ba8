/** `quorate run`: plan, run, check, shrink, report. */
import { randomInt } from "node:crypto";
import type { Command } from "commander";
import { builtInKinds, isNative, type PlanOptions } from "../../generators/index.ts";
import { renderTerminal } from "../../reports/index.ts";
import { bugFile, bundleBug, isStrange } from "../bug-bundle.ts";
import { checkFile, makeFolder } from "../files.ts";
import { runCampaign, type WriteUp } from "../campaign/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import { cannotMake } from "../run/index.ts";
import { isApart, runApart } from "./apart.ts";
import { chooseTarget } from "./chosen-target.ts";
import { stopping } from "./engine.ts";
import { exitOf, failureOf, usage } from "./exit.ts";
import { tellGitHub } from "./github.ts";
import { abortOnSignal } from "./interrupt.ts";
import { searches } from "../search/index.ts";
import { commandLine } from "./command-line.ts";
import { columnsOf, createOutput } from "./output.ts";
import { addressesOf, placeOf } from "./placed.ts";
import { createProgressLine } from "./progress.ts";
import { notSeen, readKnown } from "./known.ts";
import { seedOfPipeline, type Shard, shardFrom } from "./shards.ts";
import { jobsOf, notBuilt, oneOf, wholeNumber } from "./values.ts";
import { planOptions } from "./wishes.ts";

interface RunFlags {
  readonly target?: string;
  readonly on?: string;
  readonly addresses?: string;
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
  readonly keepGoing?: boolean;
  readonly known?: string;
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
    .option("--target <NAME|FILE>", "a built-in target or a configuration file")
    .option("--on <PLATFORM>", "docker, sim or external (default: what is there)")
    .option("--addresses <LIST>", "host:port,… of a cluster that already runs")
    .option("--seed <S>", "all that is random comes from it")
    .option("--histories <N>", "how many (default: 200 on sim, else 5)")
    .option("--seconds <S>", "start no history after so many seconds")
    .option("--workload <NAME>", "what clients do: register, siblings, …")
    .option("--faults <LIST>", "all, none, or kinds: partition,kill,pause,…")
    .option("--profile <NAME>", "a known system's settings, all fixed")
    .option("--set <NAME=VALUE>", "a setting of the target, again for more", collect, [])
    .option("--promise <NAME>", "claim a guarantee, again for more", collect, [])
    .option("--tolerate-unknown <PERCENT>", "default: 1 on sim, else 5")
    .option("--search <MODE>", "random, or guided by what is new", "random")
    .option("--bug <NAME|FILE>", "run the store with a planted bug")
    .option("--jobs <J>", "threads for simulated histories", "1")
    .option("--shard <I/N>", "only the I-th of N parts of the campaign")
    .option("--keep-going", "go on after a broken promise (always in shards)")
    .option("--known <FILE>", "fingerprints that do not fail the campaign")
    .option("--out <DIR>", "the folder of runs", "runs")
    .option("--junit <FILE>", "write JUnit XML too")
    .option("--no-shrink", "do not shrink a failing plan")
    .option("--no-evidence", "judge from clients and inspection alone")
    .option("--json", "one JSON document on stdout, progress on stderr")
    .addHelpText(
      "after",
      "\nWithout --target: ./quorate.config.ts (.mts, .mjs, .js, .json) if there is one,\nelse the bundled store. Flags win over the file.",
    )
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
  const chosen = await chooseTarget(flags.target, output.say);
  const { target, config } = chosen;
  const addresses = addressesOf(flags, chosen);
  const plans = planOptions(flags, chosen, addresses);
  if (flags.bug !== undefined) await bundleBug(flags.bug);
  if (flags.junit !== undefined) checkFile("--junit", flags.junit);
  makeFolder("--out", flags.out);
  const { shard, from: sharder } = shardFrom(flags.shard, process.env);
  if (sharder !== undefined)
    output.say(`Shard ${shard.index + 1} of ${shard.of}, as ${sharder} says.`);
  const keepGoing = flags.keepGoing === true || shard.of > 1 || flags.known !== undefined;
  const known = flags.known === undefined ? undefined : readKnown(flags.known);
  const seed = seedOf(flags, config?.seed, shard, output.say);
  const histories =
    flags.histories === undefined
      ? config?.histories
      : wholeNumber("--histories", flags.histories, 1, 10_000_000);
  const seconds =
    flags.seconds === undefined
      ? config?.seconds
      : wholeNumber("--seconds", flags.seconds, 1, 1_000_000);
  const tolerated =
    flags.tolerateUnknown === undefined
      ? config?.tolerateUnknown
      : wholeNumber("--tolerate-unknown", flags.tolerateUnknown, 0, 100);
  const jobs = jobsOf(flags.jobs);
  const search = oneOf("--search", flags.search, searches);
  if (search === "guided" && shard.of > 1)
    throw usage({
      code: "contradiction",
      expected: "--search guided without --shard",
      got: `--shard ${shard.index + 1}/${shard.of}`,
      hint: "A guided plan depends on all earlier ones: use --jobs, or other seeds on other machines",
    });
  const platform = await placeOf(target, flags.on ?? config?.on, addresses, output.say);
  if (!platform.threads && jobs > 1)
    throw notBuilt(
      `--jobs on ${platform.name}`,
      "several clusters of containers at a time (use --jobs 1, or --shard on several machines)",
    );
  output.say(`Seed ${seed}.`);
  const signal = abortOnSignal(output.say);
  const profile = flags.profile ?? config?.profile;
  const planted = flags.bug === undefined ? undefined : target.bugs?.[flags.bug];
  const cluster = await platform.open(target, {
    nodes: target.facts(plans.settings).nodes,
    say: output.say,
    addresses,
  });
  const line = createProgressLine(process.stderr);
  const runAndTell = async (): Promise<number> => {
    const possible = possibleFaults(plans, cluster, output.say);
    if (
      (flags.faults ?? config?.faults ?? "all") !== "all" &&
      plans.faults.length > 0 &&
      possible.length === 0
    )
      throw usage({
        code: "fault-impossible",
        expected: `--faults with at least one kind that can be made on ${platform.name}`,
        got: `--faults ${plans.faults.join(",")}`,
        hint: "Add others, or choose another platform with --on",
      });
    const result = await runCampaign({
      cluster,
      seed,
      jobs,
      search,
      shard,
      keepGoing,
      ...(known === undefined ? {} : { known }),
      histories: histories ?? platform.usualHistories,
      ...(seconds === undefined ? {} : { timeLimitMs: seconds * 1000 }),
      ...(profile === undefined ? {} : { profile }),
      plans: { ...plans, faults: possible, quick: !platform.virtualTime },
      out: flags.out,
      command,
      evidence: flags.evidence,
      tolerateUnknown: (tolerated ?? (platform.virtualTime ? 1 : 5)) / 100,
      shrinkTimeoutMs: flags.shrink ? shrinkTimeoutMs : null,
      ...(flags.junit === undefined ? {} : { junitFile: flags.junit }),
      // Of workloads that the target does not know, the rows of its planted bugs say nothing.
      ...(keepGoing || planted === undefined || !isNative(target, { name: plans.workload })
        ? {}
        : { targets: planted.breaks }),
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
    for (const fingerprint of notSeen(result.campaign))
      output.say(`No longer seen: ${fingerprint}`);
    if (result.unwritten === undefined)
      return exitOf[result.campaign.withoutKnown ?? result.campaign.verdict];
    const { status, message } = failureOf(result.unwritten);
    process.stderr.write(`quorate: ${message}\n`);
    return status;
  };
  return stopping(
    runAndTell().finally(() => line.clear()),
    () => [cluster],
  );
}

/** Given, or drawn; shards must agree on it without asking each other. */
function seedOf(
  flags: Pick<RunFlags, "seed">,
  configured: number | undefined,
  shard: Shard,
  say: (line: string) => void,
): number {
  if (flags.seed !== undefined) return wholeNumber("--seed", flags.seed, 0, 2 ** 31 - 1);
  if (configured !== undefined) return configured;
  if (shard.of === 1) return randomInt(2 ** 31);
  const { seed, from } = seedOfPipeline(shard, process.env);
  say(`The seed comes from ${from}.`);
  return seed;
}

/** What this cluster cannot do is left out, and said once; of the simulator only to who named it, as there it is no lack of the machine's. */
function possibleFaults(
  { faults, kinds = builtInKinds }: PlanOptions,
  cluster: Cluster,
  say: (line: string) => void,
): readonly string[] {
  const why = new Map(
    faults.flatMap((kind) => {
      const reason = cannotMake(kind, cluster, kinds);
      return reason === null ? [] : [[kind, reason] as const];
    }),
  );
  if (cluster.watch === undefined || faults.length < kinds.faults.size)
    for (const reason of new Set(why.values())) {
      const left = [...why].filter(([, other]) => other === reason).map(([kind]) => kind);
      say(
        `Without faults of the kind${left.length === 1 ? "" : "s"} ${left.join(", ")}: ${reason}.`,
      );
    }
  const possible = faults.filter((kind) => !why.has(kind));
  if (possible.length > 0 && cluster.watch === undefined)
    say(
      "Without faults that wait for a trigger inside a node: only the simulator can act between two frames.",
    );
  return possible;
}

function documentOf({ campaign, folder, report, steps }: WriteUp): unknown {
  return {
    verdict: campaign.verdict,
    reasons: campaign.reasons,
    target: campaign.target,
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
    ...(campaign.findings === undefined ? {} : { findings: campaign.findings }),
    ...(campaign.withoutKnown === undefined ? {} : { withoutKnown: campaign.withoutKnown }),
    run: folder,
    report,
    replay: campaign.replay,
    ...(campaign.replayAnywhere === undefined ? {} : { replayAnywhere: campaign.replayAnywhere }),
    ...(campaign.interrupted === undefined ? {} : { interrupted: campaign.interrupted }),
  };
}

const shrinkTimeoutMs = 30_000;
