/** `quorate hunt`: finds planted bugs, and checks that control runs raise no alarm. */
import { randomInt } from "node:crypto";
import { type Command, Option } from "commander";
import type { Cluster } from "../platforms/cluster.ts";
import { count, huntInWords, type HuntReport } from "../../reports/index.ts";
import { UsageError } from "../errors.ts";
import { checkFolder } from "../files.ts";
import {
  createHuntKeeper,
  huntable,
  huntedRow,
  huntBug,
  type HuntOptions,
  huntTable,
  leftOut,
  huntTeller,
  readOwnBug,
  rowOf,
  runProfile,
  runControl,
  shareOut,
  type ControlRow,
  controlTable,
} from "../hunt/index.ts";
import { parseSettings } from "../targets/bundled/store.ts";
import { bundled, profileNames, profiles } from "../targets/bundled/index.ts";
import { searches } from "../search/index.ts";
import { version } from "../version.ts";
import { commandLine } from "./command-line.ts";
import type { Platform } from "../platforms/platform.ts";
import { refuseOthers } from "./chosen-target.ts";
import { stopping } from "./engine.ts";
import { exit } from "./exit.ts";
import { abortOnSignal } from "./interrupt.ts";
import { createOutput, type Output } from "./output.ts";
import { placeOf } from "./placed.ts";
import { jobsOf, notBuilt, oneOf, wholeNumber } from "./values.ts";

interface HuntFlags {
  readonly target: string;
  readonly on?: string;
  readonly seed?: string;
  readonly max?: string;
  readonly search: string;
  readonly jobs: string;
  readonly control?: boolean;
  readonly controls?: string;
  /** The former names of --control and --controls. */
  readonly twin?: boolean;
  readonly twins?: string;
  readonly table?: boolean;
  readonly plain?: boolean;
  readonly shrink: boolean;
  readonly evidence: boolean;
  readonly out: string;
  readonly json?: boolean;
}

export function addHunt(program: Command): void {
  program
    .command("hunt [bugs...]")
    .summary("find planted bugs, and count the histories until each is found")
    .description(
      "find planted bugs (names, or files of your own; default: all); prints histories and seconds to detection",
    )
    .option("--target <NAME>", "the target whose planted bugs are hunted", "bundled")
    .option("--on <PLATFORM>", "docker or sim (default: docker where an engine answers)")
    .option("--seed <S>", "a number that decides all random choices (default: drawn, and printed)")
    .option("--max <N>", "at most N histories for each bug (default: 100)")
    .option("--jobs <J>", "run simulated histories on J threads; the results are the same", "1")
    .option(
      "--search <MODE>",
      "random, or guided: vary plans that made the store do something new",
      "random",
    )
    .option(
      "--table",
      "run all --max histories of each bug, and print a Markdown table of how likely a history finds the bug",
    )
    .option(
      "--control",
      "run controls instead: the same settings, faults and seeds without the bug; an alarm gives exit status 1",
    )
    .option(
      "--controls <N>",
      "run N healthy histories instead of bugs, over all profiles and faults; an alarm gives exit status 1",
    )
    .addOption(new Option("--twin").hideHelp())
    .addOption(new Option("--twins <N>").hideHelp())
    .option(
      "--plain",
      "draw plans as run --bug NAME does, without the bugs' own settings and faults",
    )
    .option("--no-shrink", "do not shrink the failing plans")
    .option(
      "--no-evidence",
      "judge only what clients and inspections saw; without names, hunt only the bugs that these can show",
    )
    .option("--out <DIR>", "the folder where runs and tables are kept", "runs")
    .option("--json", "one JSON document on stdout, progress on stderr")
    .action(async (bugs: readonly string[], flags: HuntFlags, command: Command) => {
      const { twin, twins, control = twin, controls = twins, ...others } = flags;
      const current: HuntFlags = {
        ...others,
        ...(control === undefined ? {} : { control }),
        ...(controls === undefined ? {} : { controls }),
      };
      process.exitCode = await hunt(bugs, current, commandLine(command));
    });
}

async function hunt(asked: readonly string[], flags: HuntFlags, command: string): Promise<number> {
  const output = createOutput(flags.json === true);
  const startedAt = new Date();
  refuseOthers(flags.target, "planted bugs");
  checkFolder("--out", flags.out);
  const names = asked.length > 0 ? [...new Set(asked)] : huntable(flags.evidence);
  for (const name of names) {
    if (/[/\\]|\.[cm]?[jt]s$/.test(name)) await readOwnBug(name);
    rowOf(name);
  }
  if (
    flags.controls !== undefined &&
    (asked.length > 0 || flags.control === true || flags.table === true || flags.max !== undefined)
  )
    throw new UsageError({
      code: "bad-value",
      expected:
        "--controls N without names of bugs, --control, --table and --max, since --controls runs N histories over all profiles",
      got: "--controls with names of bugs, --control, --table or --max",
      hint: "Use --control for the control runs of bugs",
    });
  if (flags.control === true && flags.table === true)
    throw new UsageError({
      code: "bad-value",
      expected: "--control or --table",
      got: "both",
      hint: "Control runs print their own table; run --table separately",
    });
  const max = wholeNumber("--max", flags.max ?? "100", 1, 1_000_000);
  const seed =
    flags.seed === undefined
      ? randomInt(2 ** 31)
      : wholeNumber("--seed", flags.seed, 0, 2 ** 31 - 1);
  const jobs = jobsOf(flags.jobs);
  const search = oneOf("--search", flags.search, searches);
  if (search !== "random" && (flags.control === true || flags.controls !== undefined))
    throw notBuilt(`--search ${search} with --control or --controls`, "steering healthy histories");
  const controls =
    flags.controls === undefined
      ? undefined
      : wholeNumber("--controls", flags.controls, 1, 1_000_000);
  const platform = await placeOf(bundled, flags.on, [], output.say);
  if (platform.sideBySide !== "threads" && jobs > 1)
    throw notBuilt(
      `--jobs on ${platform.name}`,
      "running several histories at the same time outside of the simulator (use --jobs 1)",
    );
  output.say(`Seed ${seed}.`);
  const signal = abortOnSignal(output.say);
  const options = {
    seed,
    max,
    jobs,
    search,
    evidence: flags.evidence,
    measure: flags.table === true,
    plain: flags.plain === true,
    shrinkTimeoutMs: flags.shrink ? shrinkTimeoutMs : null,
    signal,
  };
  const nodesOf = (name: string): number => parseSettings(huntedRow(name, options).settings).nodes;
  const asDocument = { on: platform.name, seed, max, evidence: flags.evidence };
  const keeper = createHuntKeeper(flags.out);
  const keep = (
    found: Pick<HuntReport, "bugs" | "controlRuns">,
    tables: string,
    interrupted?: string,
  ): string => {
    const report: HuntReport = {
      format: "quorate-hunt/1",
      ...asDocument,
      command,
      version,
      startedAt: startedAt.toISOString(),
      elapsedMs: Date.now() - startedAt.getTime(),
      ...(interrupted === undefined ? {} : { interrupted }),
      ...found,
    };
    return keeper(
      report,
      interrupted === undefined ? tables : `${tables}\n\nIncomplete: ${interrupted}.`,
    );
  };
  /**
   * Does the work for each name of a bug or profile in `hunted`. Saves all rows after each new row, so that a kill
   * loses at most one row.
   */
  const each = async <Name extends string, Row>(
    hunted: readonly Name[],
    nodes: (name: Name) => number,
    { work, line, isWhole, found, table }: Hunt<Name, Row>,
  ): Promise<readonly Row[]> => {
    const rows: Row[] = [];
    await eachOnItsCluster(hunted, nodes, platform, output, signal, async (name, cluster) => {
      const row = await work(name, { ...options, cluster });
      output.say(line(row));
      if (isWhole(row)) rows.push(row);
      keep(found(rows), table(rows), "still running, or killed before the run ended");
    });
    const interrupted = signal.aborted
      ? `stopped by a signal, with ${rows.length} of ${hunted.length} rows`
      : undefined;
    if (!output.json) output.say(`\n${table(rows)}`);
    const run = keep(found(rows), table(rows), interrupted);
    output.document({
      ...asDocument,
      ...found(rows),
      ...(interrupted === undefined ? {} : { interrupted }),
      run,
    });
    if (!output.json)
      output.say(
        `\n${interrupted === undefined ? "" : `Ended early: ${interrupted}.\n`}report  ${run}\n${huntInWords(found(rows))}.`,
      );
    return rows;
  };
  if (flags.control === true || flags.controls !== undefined) {
    const telling = {
      line: (row: ControlRow) =>
        `${row.bug}: ${count(row.histories, "healthy history", "healthy histories")}, ${count(row.alarms.length, "alarm")}${row.alarms.map((alarm) => `\n  ${alarm.explanation}\n  ${alarm.replay}`).join("")}`,
      isWhole: () => true,
      found: (rows: readonly ControlRow[]) => ({ controlRuns: rows }),
      table: controlTable,
    };
    const rows =
      controls === undefined
        ? await each(names, nodesOf, { ...telling, work: runControl })
        : await each(profileNames, (name) => profiles[name].settings.nodes, {
            ...telling,
            work: (name, hunting) =>
              runProfile(name, { ...hunting, max: shareOut(controls).get(name) ?? 0 }),
          });
    return statusOf(
      rows.every((row) => row.alarms.length === 0),
      signal,
    );
  }
  // A row counts only if its bug was found or all its histories ran: after an interrupt, a bug is not counted as
  // missed.
  leftOut(asked, flags.evidence).forEach(output.say);
  const rows = await each(names, nodesOf, {
    work: huntBug,
    line: huntTeller(max, flags.evidence),
    isWhole: (row) => row.found || row.histories === max,
    found: (bugs) => ({ bugs }),
    table: (rows) => huntTable(rows, flags.evidence),
  });
  return statusOf(
    rows.every((row) => row.found),
    signal,
  );
}

/**
 * What a hunt does for each name (of a planted bug, or of a profile with --controls), and how it prints and saves rows.
 */
interface Hunt<Name, Row> {
  work(name: Name, options: HuntOptions): Promise<Row>;
  line(row: Row): string;
  isWhole(row: Row): boolean;
  found(rows: readonly Row[]): Pick<HuntReport, "bugs" | "controlRuns">;
  table(rows: readonly Row[]): string;
}

/**
 * Does the work for each bug or profile in `names`, on a cluster with as many nodes as `nodesOf` says. Bugs or profiles
 * with the same number of nodes share a cluster: its containers are reused, but not their contents.
 */
async function eachOnItsCluster<Name extends string>(
  names: readonly Name[],
  nodesOf: (name: Name) => number,
  platform: Platform,
  output: Output,
  signal: AbortSignal,
  work: (name: Name, cluster: Cluster) => Promise<void>,
): Promise<void> {
  const clusters = new Map<number, Cluster>();
  const hunting = async (): Promise<void> => {
    for (const name of names) {
      if (signal.aborted) break;
      const nodes = nodesOf(name);
      const cluster =
        clusters.get(nodes) ?? (await platform.open(bundled, { nodes, say: output.say }));
      clusters.set(nodes, cluster);
      await work(name, cluster);
    }
  };
  await stopping(hunting(), () => clusters.values());
}

function statusOf(asItShould: boolean, signal: AbortSignal): number {
  if (signal.aborted) return exit.unknown;
  return asItShould ? exit.held : exit.broken;
}

const shrinkTimeoutMs = 30_000;
