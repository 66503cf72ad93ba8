/** `quorate run`: plans, runs, checks, shrinks and reports a campaign. */
import { randomInt } from "node:crypto";
import { dirname, relative, resolve } from "node:path";
import { type Command, Option } from "commander";
import { builtInKinds, isNative, type PlanOptions } from "../../generators/index.ts";
import { count, headline, renderTerminal, visible } from "../../reports/index.ts";
import { bugFile, bundleBug, isStrange } from "../bug-bundle.ts";
import { checkFile, checkFolder } from "../files.ts";
import {
  type CampaignOptions,
  type CampaignState,
  type Keep,
  keeps,
  keptBug,
  readState,
  type Resumed,
  runCampaign,
  type WriteUp,
} from "../campaign/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import type { Platform } from "../platforms/platform.ts";
import { cannotMake } from "../run/index.ts";
import type { Target } from "../targets/target.ts";
import { isApart, runApart } from "./apart.ts";
import { type Chosen, chooseTarget } from "./chosen-target.ts";
import { stopping } from "./engine.ts";
import { exit, exitOf, failureOf, usage } from "./exit.ts";
import { tellGitHub } from "./github.ts";
import { abortOnSignal } from "./interrupt.ts";
import { searches } from "../search/index.ts";
import { commandAgain, commandLine, givenWords } from "./command-line.ts";
import { columnsOf, createOutput, type Output } from "./output.ts";
import { addressesOf, placeOf, simulatesNodes } from "./placed.ts";
import { targets } from "../targets/registry.ts";
import { askerAt, requireTrust } from "./trust.ts";
import { createProgressLine } from "./progress.ts";
import { type Kept, keptLine, keptOf, size, zipped } from "./kept.ts";
import { notSeen, readKnown } from "./known.ts";
import {
  addRegressions,
  readRegressions,
  type Regression,
  regressionLine,
  regressionsFile,
  replayRegressions,
} from "./regressions.ts";
import { seedOfPipeline, type Shard, shardFrom } from "./shards.ts";
import { jobsOf, notBuilt, oneOf, wholeNumber } from "./values.ts";
import { planOptions } from "./wishes.ts";

export interface RunFlags {
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
  readonly jobs?: string;
  readonly shard?: string;
  readonly keepGoing?: boolean;
  readonly known?: string;
  readonly regressions?: string;
  readonly keep?: string;
  readonly out: string;
  readonly junit?: string;
  readonly zip?: string;
  readonly tolerateUnknown?: string;
  readonly shrink: boolean;
  readonly shrinkSeconds?: string;
  readonly shrinkTries?: string;
  readonly resume?: string;
  readonly trust: boolean;
  readonly evidence: boolean;
  readonly json?: boolean;
  readonly bin?: string;
  readonly nodes?: string;
  readonly args?: readonly string[];
  /** The flag that named the faults, if the command calls it otherwise than --faults. */
  readonly faultsFlag?: string;
  /** Options of plans that other commands set, in place of flags. */
  readonly wishes?: Pick<PlanOptions, "clients" | "operations" | "phaseMs">;
}

/** An option that may be given several times. */
const repeatable = (flags: string, description: string): Option =>
  new Option(flags, description)
    .default([], "none")
    .argParser((value: string, earlier: readonly string[]) => [...earlier, value]);

/** An option that the help omits, so that the help fits a screen. docs/commands.md explains it. */
const rare = (flags: string, description: string): Option =>
  new Option(flags, description).hideHelp();

export function addRun(program: Command): void {
  program
    .command("run")
    .description("plan and run histories, check them, shrink and report failures")
    .usage("[options] [-- arguments of the --bin]")
    .argument("[arguments...]")
    .option("--target <NAME|FILE>", "a built-in target or a configuration file")
    .option("--bin <FILE>", "the node's program, for --target maelstrom")
    .option("--on <PLATFORM>", "docker, process, sim, external (default: first usable)")
    .option("--addresses <LIST>", "nodes of a running cluster: host:port,host:port,…")
    .option("--seed <S>", "a number that decides all random choices")
    .option("--histories <N>", "histories (default: sim 200, process 20, else 5)")
    .option("--seconds <S>", "fill S seconds with histories, shrinking included")
    .option("--workload <NAME>", "what clients do: register, siblings, …")
    .option("--faults <LIST>", "faults to inject: all, none, or partition,kill,…")
    .option("--profile <NAME>", "use the fixed settings of a known system")
    .addOption(repeatable("--set <NAME=VALUE>", "a setting of the target; repeatable"))
    .addOption(repeatable("--promise <NAME>", "a guarantee to claim; repeatable"))
    .addOption(
      rare(
        "--tolerate-unknown <PERCENT>",
        "unknown histories allowed, in percent, with room for chance; 0: none (default: 1 on sim, else 5)",
      ),
    )
    .option("--search <MODE>", "random, or guided by new behaviour", "random")
    .addOption(
      rare(
        "--operations <N>",
        "operations in a plan, as N or FROM-TO (default: 20-100, rarely up to 800)",
      ),
    )
    .addOption(
      rare(
        "--keys <N>",
        "keys in a plan, as N or FROM-TO (default: mostly 1-12, rarely up to 300)",
      ),
    )
    .addOption(rare("--clients <N>", "clients in a plan, as N or FROM-TO (default: 2-6)"))
    .option("--nodes <N>", "the same as --set nodes=N")
    .option("--bug <NAME|FILE>", "run the store with a planted bug")
    .option("--jobs <J>", "histories at once (default: 1; process: up to 8)")
    .option("--shard <I/N>", "run only the I-th of N parts of the campaign")
    .option("--keep-going", "go on after a failure (implied by --shard and --known)")
    .option("--known <FILE>", "file of fingerprints that do not fail the campaign")
    .option("--regressions <FILE>", "tokens to replay first (default: quorate.regressions)")
    .option("--keep <WHICH>", "keep histories: failing, sample, all", "sample")
    .option("--out <DIR>", "the folder where runs are kept", "runs")
    .option("--junit <FILE>", "also write JUnit XML to this file")
    .addOption(rare("--zip <FILE>", "also write the run's folder as one zip file"))
    .option("--no-shrink", "do not shrink a failing plan")
    .option("--shrink-seconds <S>", "time for shrinking (default: 30 on sim, else 180)")
    .addOption(rare("--shrink-tries <N>", "shrink with at most N histories"))
    .option("--resume <DIR>", "continue a run that was stopped or killed")
    .option("--trust", "with --resume: trust the folder's files", false)
    .addOption(rare("--no-evidence", "judge only what clients and inspections saw"))
    .option("--json", "one JSON document on stdout, progress on stderr")
    .addHelpText(
      "after",
      "\nWithout --target: ./quorate.config.ts (.mts, .mjs, .js, .json) if there is one,\nelse the bundled store. Flags win over the file.\n\nRare flags: --operations, --keys, --clients, --tolerate-unknown, --shrink-tries,\n--no-evidence, --zip. docs/commands.md explains them.",
    )
    .action(async (args: readonly string[], parsed: RunFlags, command: Command) => {
      refuseExcess(args, command);
      const resumed = parsed.resume === undefined ? undefined : resumedBy(parsed.resume, command);
      const given = { ...parsed, args };
      const flags = resumed === undefined ? given : flagsOf(resumed.state, given);
      if (flags.bug !== undefined) bugFile(flags.bug);
      if (resumed !== undefined && !isApart) await requireTrustOf(flags, given, resumed, command);
      process.exitCode =
        !isApart && flags.bug !== undefined && isStrange(flags.bug)
          ? await runApart(process.argv.slice(2), "bug")
          : await run(flags, command, resumed);
    });
}

/** Refuses arguments that do not come after a `--`. */
function refuseExcess(args: readonly string[], command: Command): void {
  const given = givenWords(command);
  const afterDashes = given.includes("--") ? given.length - given.indexOf("--") - 1 : 0;
  if (args.length > afterDashes)
    throw usage({
      code: "excess-arguments",
      expected: "no arguments, except after --",
      got: String(args.length - afterDashes),
      hint: "See quorate run --help",
    });
}

/**
 * Asks the user before code and files are used that only the folder of a resumed run names, since the folder may come
 * from elsewhere.
 */
async function requireTrustOf(
  { bug, target, junit, zip }: RunFlags,
  given: RunFlags,
  { folder }: Resumed,
  command: Command,
): Promise<void> {
  const options = {
    trusted: given.trust,
    ask: given.json === true ? null : askerAt(process.stdin, process.stderr),
    command: commandLine(command),
  };
  const files = [
    bug !== undefined && isStrange(bug) ? (keptBug(folder) ?? resolve(bug)) : undefined,
    target === undefined || targets.some(({ name }) => name === target)
      ? undefined
      : resolve(target),
    junit === undefined || junit === given.junit ? undefined : resolve(junit),
    zip === undefined || zip === given.zip ? undefined : resolve(zip),
  ].filter((file) => file !== undefined);
  if (files.length > 0) await requireTrust(files.join(", "), folder, options);
}

/** The flags that are allowed beside --resume, since no plan depends on them. */
const allowedWithResume = new Set([
  "resume",
  "trust",
  "seconds",
  "junit",
  "zip",
  "shrink",
  "shrinkSeconds",
  "shrinkTries",
  "json",
]);

/**
 * Reads the campaign that `--resume` names.
 *
 * @throws UsageError for a folder whose campaign cannot continue, and for flags other than the allowed ones.
 */
function resumedBy(folder: string, command: Command): Resumed {
  const other = command.options.find(
    (option) =>
      command.getOptionValueSource(option.attributeName()) === "cli" &&
      !allowedWithResume.has(option.attributeName()),
  );
  const allowed = command.options
    .filter((option) => allowedWithResume.has(option.attributeName()))
    .map((option) => String(option.long))
    .filter((flag) => flag !== "--resume");
  if (other !== undefined)
    throw usage({
      code: "contradiction",
      expected: `--resume with no flags but ${allowed.join(", ")}`,
      got: String(other.long),
      hint: "Leave this flag out: the run goes on with the flags that its folder holds",
    });
  return { folder, state: readState(folder) };
}

const flagsOf = ({ asked }: CampaignState, { json, junit, zip, ...given }: RunFlags): RunFlags => {
  const { seconds, shrink, shrinkSeconds, shrinkTries } = given;
  return {
    ...(asked as unknown as RunFlags),
    ...(json === undefined ? {} : { json }),
    ...(junit === undefined ? {} : { junit }),
    ...(zip === undefined ? {} : { zip }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(shrink ? {} : { shrink }),
    ...(shrinkSeconds === undefined ? {} : { shrinkSeconds }),
    ...(shrinkTries === undefined ? {} : { shrinkTries }),
  };
};

interface Limits {
  readonly histories?: number;
  readonly seconds?: number;
  /** The percentage of histories that may be unknown. */
  readonly tolerated?: number;
  readonly shrinkSeconds?: number;
  readonly shrinkTries?: number;
}

/** The largest number of histories of a run. */
export const mostHistories = 10_000_000;

/** The limits of a campaign that flags or the configuration set. */
function limitsOf(flags: RunFlags, config: Chosen["config"]): Limits {
  const million = 1_000_000;
  const said = {
    histories:
      optionalNumber("--histories", flags.histories, 1, mostHistories) ?? config?.histories,
    seconds: optionalNumber("--seconds", flags.seconds, 1, million) ?? config?.seconds,
    tolerated:
      optionalNumber("--tolerate-unknown", flags.tolerateUnknown, 0, 100) ??
      config?.tolerateUnknown,
    shrinkSeconds: optionalNumber("--shrink-seconds", flags.shrinkSeconds, 1, million),
    shrinkTries: optionalNumber("--shrink-tries", flags.shrinkTries, 1, million),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

const optionalNumber = (
  flag: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined => (text === undefined ? undefined : wholeNumber(flag, text, least, most));

/** The options of a campaign that limit the time and the number of tries for shrinking. */
const shrinkingOf = (
  { shrink }: RunFlags,
  { shrinkSeconds, shrinkTries }: Limits,
  { virtualTime }: Pick<Platform, "virtualTime">,
): Pick<CampaignOptions, "shrinkTimeoutMs" | "shrinkTries"> => ({
  shrinkTimeoutMs: shrink
    ? (shrinkSeconds ?? (virtualTime ? usualShrinkS : usualShrinkInRealTimeS)) * 1000
    : null,
  ...(shrinkTries === undefined ? {} : { shrinkTries }),
});

/**
 * Runs a campaign according to the flags and returns the exit status. `command` is only recorded. With `resumed`,
 * continues that campaign.
 */
export async function run(flags: RunFlags, command: Command, resumed?: Resumed): Promise<number> {
  const output = createOutput(flags.json === true);
  // All flags are read before anything starts, so that a mistake is reported at once.
  const chosen = await chooseTarget(flags.target, output.sayFirst);
  const { target, config } = chosen;
  const addresses = addressesOf(flags, chosen);
  const plans = { ...planOptions(flags, chosen, addresses), ...flags.wishes };
  if (flags.bug !== undefined) await bundleBug(flags.bug);
  checkWritable(flags, resumed);
  const { shard, from: sharder } = shardFrom(flags.shard, process.env);
  if (sharder !== undefined)
    output.sayFirst(`Shard ${shard.index + 1} of ${shard.of}, as ${sharder} says.`);
  const keepGoing = flags.keepGoing === true || shard.of > 1 || flags.known !== undefined;
  const known = flags.known === undefined ? undefined : readKnown(flags.known);
  const seed = seedOf(flags, config?.seed, shard, output.sayFirst);
  const limits = limitsOf(flags, config);
  const { histories, seconds, tolerated } = limits;
  const search = oneOf("--search", flags.search, searches);
  const keep = oneOf("--keep", flags.keep ?? "sample", keeps);
  const regressions = regressionsFile(flags.regressions, process.cwd());
  const tokens = regressions === undefined ? [] : readRegressions(regressions);
  if (search === "guided" && shard.of > 1)
    throw usage({
      code: "contradiction",
      expected: "--search guided without --shard",
      got: sharder === undefined ? `--shard ${flags.shard ?? ""}` : `a shard, as ${sharder} says`,
      hint: "A guided plan depends on all earlier plans: use --jobs, or other seeds on other machines",
    });
  const askedJobs = flags.jobs === undefined ? undefined : jobsOf(flags.jobs);
  const platform = await placeOf(target, flags.on ?? config?.on, addresses, output.sayFirst);
  const jobs = jobsOn(platform, askedJobs);
  if (!isApart && simulatesNodes(platform, target)) return runApart(process.argv.slice(2), "node");
  await platform.prepare(target, plans.settings);
  output.say(`Seed ${seed}.`);
  if (resumed !== undefined)
    output.say(
      `Going on after ${count(resumed.state.rows.length, "history", "histories")} in ${resumed.folder}.`,
    );
  const signal = abortOnSignal(output.say);
  const profile = flags.profile ?? config?.profile;
  const planted = flags.bug === undefined ? undefined : target.bugs?.[flags.bug];
  const cluster = await platform.open(target, {
    nodes: target.facts(plans.settings).nodes,
    say: output.say,
    addresses,
  });
  const beside = await openBeside(platform, target, jobs);
  const line = createProgressLine(process.stderr);
  const runAndTell = async (): Promise<number> => {
    const faultsNamed = (flags.faults ?? config?.faults ?? "all") !== "all";
    const possible = possibleFaults(plans, cluster, faultsNamed, output.say);
    if (faultsNamed) refuseWithoutFaults(plans.faults, possible, platform, flags);
    const replayed = await replayRegressions(tokens, chosen, cluster, {
      evidence: flags.evidence,
      signal,
    });
    for (const regression of replayed) output.say(regressionLine(regression, regressions ?? ""));
    let leftIn: string | undefined;
    const result = await runCampaign({
      cluster,
      beside,
      seed,
      jobs,
      search,
      shard,
      keepGoing,
      ...(known === undefined ? {} : { known }),
      keep,
      histories: histories ?? (seconds === undefined ? platform.usualHistories : Infinity),
      ...(seconds === undefined ? {} : { timeLimitMs: seconds * 1000 }),
      ...(profile === undefined ? {} : { profile }),
      ...(faultsNamed ? { askedFaults: plans.faults } : {}),
      plans: { ...plans, faults: possible, quick: !platform.virtualTime },
      out: flags.out,
      ...commandsOf(
        resumed?.state.command ??
          commandLine(command, { "--on": platform.name, "--seed": String(seed) }),
        { seed, shard, target },
      ),
      evidence: flags.evidence,
      tolerateUnknown: (tolerated ?? (platform.virtualTime ? 1 : 5)) / 100,
      ...shrinkingOf(flags, limits, platform),
      ...(resumed === undefined ? {} : { resumed }),
      asked: askedFlags(flags, seed, shard, platform.name),
      ...(flags.junit === undefined ? {} : { junitFile: flags.junit }),
      // The table of planted bugs does not cover workloads that the target does not implement itself.
      ...(keepGoing || planted === undefined || !isNative(target, { name: plans.workload })
        ? {}
        : { targets: planted.breaks }),
      signal,
      failed(history, reason) {
        line.clear();
        output.say(visible(`History ${history}: ${reason}. Looking for a smaller case.`));
      },
      threw(campaign, report) {
        line.clear();
        output.say(`report  ${report}`);
        tellGitHub(campaign, output, process.env);
        leftIn = dirname(report);
      },
      progress: line.update,
    }).catch(async (error: unknown) => {
      if (leftIn !== undefined) await zipAfterError(leftIn, flags.zip, output);
      throw error;
    });
    line.clear();
    return tell(result, { flags, keep, replayed, output, regressions });
  };
  return stopping(
    runAndTell().finally(() => line.clear()),
    () => [cluster, ...beside],
  );
}

/** Throws UsageError if a file or folder that the run writes cannot be written. */
function checkWritable({ junit, zip, out }: RunFlags, resumed: Resumed | undefined): void {
  if (junit !== undefined) checkFile("--junit", junit);
  if (zip !== undefined) checkFile("--zip", zip);
  if (resumed === undefined) checkFolder("--out", out);
}

/** Throws UsageError if the user named kinds of fault and none of them is possible. */
function refuseWithoutFaults(
  named: readonly string[],
  possible: readonly string[],
  { name }: Platform,
  { faultsFlag: flag = "--faults" }: RunFlags,
): void {
  if (named.length === 0 || possible.length > 0) return;
  throw usage({
    code: "fault-impossible",
    expected: `${flag} with at least one kind that can be made on ${name}`,
    got: `${flag} ${named.join(",")}`,
    hint: "Name other kinds too, or choose another platform with --on",
  });
}

/**
 * Writes the zip if the user asked for one. If this fails, returns the error instead of throwing it, so that the
 * verdict is not lost.
 */
async function zippedOrNot(kept: Kept, file: string | undefined): Promise<[Kept, Error?]> {
  if (file === undefined) return [kept];
  try {
    return [await zipped(kept, file)];
  } catch (error) {
    return [kept, error instanceof Error ? error : new Error(String(error))];
  }
}

/** Writes the zip of a run that an error ended. If this fails too, only says so: the error decides the exit status. */
async function zipAfterError(
  folder: string,
  file: string | undefined,
  output: Output,
): Promise<void> {
  if (file === undefined) return;
  try {
    const { zipRun } = await import("../run-archive.ts");
    output.say(`${size(await zipRun(folder, file))} in ${file}.`);
  } catch (error) {
    output.say(`The zip could not be written: ${failureOf(error).message}`);
  }
}

interface Telling {
  readonly flags: Pick<RunFlags, "bug" | "zip" | "wishes">;
  readonly keep: Keep;
  readonly output: Output;
  readonly replayed: readonly Regression[];
  /** The file to which the tokens of new failures are added, unless a bug is planted. */
  readonly regressions: string | undefined;
}

/**
 * The number of histories at a time.
 *
 * @throws UsageError if the platform runs only one and `jobs` is larger.
 */
function jobsOn({ name, sideBySide, usualJobs }: Platform, jobs: number = usualJobs): number {
  if (sideBySide !== null || jobs === 1) return jobs;
  throw notBuilt(
    `--jobs on ${name}`,
    `running several histories at the same time on ${name} (use --jobs 1, or --shard on several machines)`,
  );
}

/** Opens the clusters beside the first one, for histories that run at the same time. */
async function openBeside(platform: Platform, target: Target, jobs: number): Promise<Cluster[]> {
  const clusters: Cluster[] = [];
  if (platform.sideBySide === "clusters")
    while (clusters.length < jobs - 1) clusters.push(await platform.open(target));
  return clusters;
}

/** Prints the result of a run, and returns its exit status. */
async function tell(
  result: WriteUp,
  { flags, keep, output, replayed, regressions }: Telling,
): Promise<number> {
  const { campaign } = result;
  const [kept, unzipped] = await zippedOrNot(keptOf(result, keep), flags.zip);
  const unwritten = result.unwritten ?? unzipped;
  output.document({
    ...documentOf(result),
    kept,
    ...(replayed.length === 0 ? {} : { regressions: replayed }),
  });
  if (!output.json)
    output.sayPainted(
      renderTerminal(campaign, {
        color: process.stdout.isTTY,
        columns: columnsOf(process.stdout),
        steps: result.steps,
        report: result.report,
        token: !process.stdout.isTTY,
      }).trimEnd(),
    );
  output.say(keptLine(kept));
  const late = leftOut(campaign, flags.wishes?.operations?.min ?? 0);
  if (late > 0)
    output.say(
      `${count(late, "planned request")} left out: the nodes answered too slowly to begin ${late === 1 ? "it" : "them"} in time.`,
    );
  tellGitHub(campaign, output, process.env);
  for (const fingerprint of notSeen(campaign)) output.say(`No longer seen: ${fingerprint}`);
  const added =
    flags.bug !== undefined || regressions === undefined
      ? 0
      : addRegressions(regressions, campaign);
  if (added > 0)
    output.say(`Added ${count(added, "token")} to ${regressions ?? ""}: commit this file.`);
  if (unwritten !== undefined) {
    const { status, message } = failureOf(unwritten);
    process.stderr.write(`quorate: ${message}\n`);
    return status;
  }
  return replayed.some(({ verdict }) => verdict === "broken")
    ? exit.broken
    : exitOf[campaign.withoutKnown ?? campaign.verdict];
}

/**
 * How many of the `planned` operations of each history did not begin since the time of the clients was up, in all
 * histories together.
 */
const leftOut = ({ histories }: WriteUp["campaign"], planned: number): number =>
  histories.reduce((sum, { operations }) => sum + Math.max(0, planned - operations), 0);

/** The command as the user typed it, and the command that draws the same plans on another machine. */
const commandsOf = (
  command: string,
  {
    seed,
    shard,
    target,
  }: { readonly seed: number; readonly shard: Shard; readonly target: Target },
): Pick<CampaignOptions, "command" | "again"> => ({
  command,
  again: commandAgain(command, {
    seed,
    shard,
    target: target.file === undefined ? target.name : relative(process.cwd(), target.file),
  }),
});

/**
 * The flags to record for --resume. The seed, the platform and the shard are recorded as flags even if no flag set
 * them.
 */
const askedFlags = (
  flags: RunFlags,
  seed: number,
  { index, of }: Shard,
  on: string,
): CampaignState["asked"] =>
  JSON.parse(
    JSON.stringify({
      ...flags,
      seed: String(seed),
      on,
      ...(of === 1 ? {} : { shard: `${index + 1}/${of}` }),
    }),
  ) as CampaignState["asked"];

/**
 * The seed: from the flag, else from the configuration, else drawn. In place of drawing it, shards derive it from their
 * pipeline, since they cannot agree on a drawn seed.
 */
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

/**
 * The kinds of fault that the cluster can make. Prints which kinds are left out and why. For code on simulated Hosts it
 * is printed only if the user named kinds, since another machine would not change it.
 */
function possibleFaults(
  { faults, settings, kinds = builtInKinds }: PlanOptions,
  cluster: Cluster,
  named: boolean,
  say: (line: string) => void,
): readonly string[] {
  const why = new Map(
    faults.flatMap((kind) => {
      const reason = cannotMake(kind, cluster, kinds);
      return reason === null ? [] : [[kind, reason] as const];
    }),
  );
  if (cluster.watch === undefined || named)
    for (const reason of new Set(why.values())) {
      const left = [...why].filter(([, other]) => other === reason).map(([kind]) => kind);
      say(
        `This run has no faults of the kind${left.length === 1 ? "" : "s"} ${left.join(", ")}: ${reason}.`,
      );
    }
  const possible = faults.filter((kind) => !why.has(kind));
  const { triggers } = cluster.target.facts(settings);
  if (possible.length > 0 && triggers.length > 0 && cluster.watch === undefined)
    say(
      "This run has no faults that wait for a trigger inside a node: only the simulator can act between two frames.",
    );
  return possible;
}

function documentOf({
  campaign,
  folder,
  report,
  steps,
}: WriteUp): Readonly<Record<string, unknown>> {
  return {
    verdict: campaign.verdict,
    sentence: headline(campaign),
    reasons: campaign.reasons,
    target: campaign.target,
    on: campaign.on,
    seed: campaign.seed,
    ...(campaign.bug === undefined ? {} : { bug: campaign.bug }),
    histories: campaign.histories.length,
    operations: campaign.operations.total,
    ok: campaign.operations.ok,
    elapsedMs: campaign.elapsedMs,
    retried: campaign.histories.flatMap(({ index, retried }) =>
      retried === undefined ? [] : [{ history: index, why: retried }],
    ),
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
    ...(campaign.again === undefined ? {} : { again: campaign.again }),
    ...(campaign.replayAnywhere === undefined ? {} : { replayAnywhere: campaign.replayAnywhere }),
    ...(campaign.interrupted === undefined ? {} : { interrupted: campaign.interrupted }),
    ...(campaign.resume === undefined ? {} : { resume: campaign.resume }),
  };
}

const usualShrinkS = 30;
/** The time limit for shrinking, in seconds, on platforms where a history takes seconds. */
const usualShrinkInRealTimeS = 180;
