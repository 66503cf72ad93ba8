/** `quorate check`: judges history files of quorate and of other tools. */
import type { Command } from "commander";
import {
  beginningBytes,
  currentGuaranteeName,
  type ForeignGuarantee,
  foreignGuarantees,
  foreignModelNames,
  type ForeignOperation,
  type ForeignResult,
  formatOf,
  type GuaranteeName,
  guaranteeNames,
  HistoryError,
  isGuaranteeName,
  type Order,
  type Outcome,
  type Verdict,
} from "../../checkers/index.ts";
import { UsageError } from "../errors.ts";
import { checkFile } from "../files.ts";
import { CheckBudget, defaultMemoryMb, defaultSeconds } from "./check-budget.ts";
import { checkForeign, foreignDocument, readingOf, writeForeignPage } from "./check-foreign.ts";
import { type CheckModel, checkModels, withModel } from "./check-model.ts";
import { type CheckPath, jepsenVerdict, pathsOf } from "./check-paths.ts";
import { commandLine } from "./command-line.ts";
import { exitOf, failureOf, usage } from "./exit.ts";
import { bytesOf, standardInput } from "./history-source.ts";
import { createOutput, type Output } from "./output.ts";
import { changedSince } from "./recorded-hash.ts";
import { judgePieces } from "./read-history.ts";
import { oneOf, wholeNumber } from "./values.ts";

interface CheckFlags {
  readonly guarantee?: string;
  readonly model?: string;
  readonly initial?: string;
  readonly order?: string;
  readonly seconds?: string;
  readonly memory?: string;
  readonly html?: string;
  readonly json?: boolean;
}

/** What the flags of `quorate check` ask of every file. */
export interface CheckRequest {
  readonly guarantee: GuaranteeName | ForeignGuarantee | undefined;
  readonly model: CheckModel | undefined;
  readonly initial: string | undefined;
  readonly order: Order | undefined;
  /** The file for the page of another tool's history. Undefined: no page is written. */
  readonly html: string | undefined;
}

export interface Checked {
  readonly verdict: Outcome;
  readonly reasons: readonly string[];
  readonly whole?: Verdict;
  /** For another tool's history: the judgement, and how the history was read. */
  readonly foreign?: ForeignResult;
  /** The history's operations, if a page is to show them. */
  readonly operations?: readonly ForeignOperation[];
  /** The verdict in the results.edn of the Jepsen run. */
  readonly jepsen?: Outcome;
}

const orders: readonly Order[] = ["file", "index", "time"];

export function addCheck(program: Command): void {
  program
    .command("check <files...>")
    .summary("judge history files of quorate and of other tools")
    .description(
      "judge history files, folders, a Jepsen run's folder, or standard input (-): quorate's history.jsonl; Jepsen's EDN, JSON, history.txt and log; Porcupine's text and JSON; etcd's operations; gzip too",
    )
    .option(
      "--guarantee <NAME>",
      "judge only this guarantee, promised or not (default: all guarantees of quorate's own histories, and of other tools' histories the first one of their model, see docs/check.md)",
    )
    .option(
      "--model <NAME>",
      `the model of other tools' histories: ${foreignModelNames.join(", ")} (default: chosen by the operations); for quorate's histories: siblings, which judges all rules for siblings`,
    )
    .option(
      "--initial <VALUE>",
      'the initial value of other tools\' histories, in EDN, JSON or as text (default: 0 for counter, "" for kv, else nil; or nil, 0 or "" if the first reads return that value)',
    )
    .option(
      "--order <BY>",
      "order events by file, index or time, if the file's order contradicts their :index or :time",
    )
    .option("--seconds <N>", `seconds for all files together (default: ${defaultSeconds})`)
    .option(
      "--memory <MB>",
      `megabytes for each history and each search (default: ${defaultMemoryMb})`,
    )
    .option(
      "--html <FILE>",
      "write a page that shows the history and explains the verdict (for one history of another tool)",
    )
    .option("--json", "one JSON document on stdout")
    .action(async (files: readonly string[], flags: CheckFlags, command: Command) => {
      process.exitCode = await check(files, flags, commandLine(command));
    });
}

async function check(
  paths: readonly string[],
  flags: CheckFlags,
  command: string,
): Promise<number> {
  const output = createOutput(flags.json === true);
  const request = requestOf(flags);
  const budget = new CheckBudget(
    wholeNumber("--seconds", flags.seconds ?? String(defaultSeconds), 1, 1_000_000),
    wholeNumber("--memory", flags.memory ?? String(defaultMemoryMb), 1, 1_000_000),
  );
  const results = new Map<string, Checked>();
  if (flags.html !== undefined) checkFile("--html", flags.html);
  for (const path of paths.flatMap(pathsOf))
    results.set(path.name, await checkPath(path, request, budget));
  if (flags.html !== undefined) refuseSeveral(results);
  const verdicts = [...results.values()].map((result) => result.verdict);
  const verdict: Outcome = verdicts.includes("invalid")
    ? "invalid"
    : verdicts.includes("unknown")
      ? "unknown"
      : "valid";
  output.document(documentOf(verdict, results));
  if (!output.json) await say(output, results);
  const [one] = results;
  if (flags.html !== undefined && one !== undefined)
    try {
      await writeForeignPage(flags.html, one[0], command, one[1]);
    } catch (unwritten) {
      // The verdict was printed before. If the page cannot be written, for example on a full disk, only the exit status
      // changes.
      const { status, message } = failureOf(unwritten);
      process.stderr.write(`quorate: ${message}\n`);
      return status;
    }
  return exitOf[verdict];
}

function refuseSeveral(results: ReadonlyMap<string, Checked>): void {
  const [one, ...others] = results;
  if (one === undefined || others.length > 0 || one[1].whole !== undefined)
    throw usage({
      code: "not-one-history",
      expected: "--html with one history of another tool",
      got: others.length > 0 ? `${results.size} histories` : "one of quorate's own histories",
      hint: "Name one file; `quorate report RUN` makes the page of quorate's own runs",
    });
}

function documentOf(verdict: Outcome, results: ReadonlyMap<string, Checked>): object {
  const single = results.size === 1 ? [...results.values()][0] : undefined;
  const each = <T>(what: (one: Checked) => T): Record<string, T> =>
    Object.fromEntries([...results].map(([file, one]) => [file, what(one)]));
  return {
    verdict,
    files: each((one) => one.verdict),
    reasons: each((one) => one.reasons),
    ...([...results.values()].some(({ jepsen }) => jepsen !== undefined)
      ? { jepsen: each(({ jepsen }) => jepsen ?? null) }
      : {}),
    ...(single?.whole === undefined
      ? {}
      : { guarantees: single.whole.guarantees, stress: single.whole.stress }),
    ...(single?.foreign === undefined ? {} : foreignDocument(single.foreign)),
  };
}

async function say(output: Output, results: ReadonlyMap<string, Checked>): Promise<void> {
  for (const [file, { verdict, reasons, foreign, jepsen }] of results) {
    // The name of somebody else's file must not look like several lines.
    output.say(`${file.replaceAll("\n", "\\n")}: ${verdict}`);
    for (const reason of reasons) output.say(`  ${await oneLine(reason)}`);
    if (foreign !== undefined) {
      for (const note of foreign.judgement.notes) output.say(`  note: ${await oneLine(note)}`);
      output.say(`  ${await oneLine(readingOf(foreign))}`);
    }
    if (jepsen !== undefined)
      output.say(
        `  Jepsen's results.edn says ${jepsen}${jepsen === verdict ? "" : "; Jepsen may have judged more properties, or other ones"}`,
      );
  }
}

/**
 * Makes one line of a reason and removes control characters: a reason quotes the file, which anybody may have written.
 */
async function oneLine(reason: string): Promise<string> {
  // Imported only if there is a line to print: `check` starts faster without this module.
  const { visible } = await import("../../reports/index.ts");
  return visible(reason.replace(/\s+/g, " "));
}

function requestOf({ guarantee, model, initial, order, html }: CheckFlags): CheckRequest {
  const names = [...new Set([...guaranteeNames, ...foreignGuarantees])];
  return {
    guarantee:
      guarantee === undefined
        ? undefined
        : oneOf("--guarantee", currentGuaranteeName(guarantee), names),
    model: model === undefined ? undefined : oneOf("--model", model, checkModels),
    initial,
    order: order === undefined ? undefined : oneOf("--order", order, orders),
    html,
  };
}

/**
 * Judges one history. An unreadable file proves nothing about the store, so its verdict is unknown, with the reader's
 * reason. If quorate itself fails on a file, the verdict is unknown too, so that the other files keep their verdicts.
 */
async function checkPath(
  { files, name, results }: CheckPath,
  request: CheckRequest,
  budget: CheckBudget,
): Promise<Checked> {
  try {
    const jepsen = results === undefined ? undefined : jepsenVerdict(results);
    const checked = await checkFiles(files, name, request, budget);
    return jepsen === undefined ? checked : { ...checked, jepsen };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (error instanceof HistoryError) return { verdict: "unknown", reasons: [error.message] };
    const { stack, message } = error instanceof Error ? error : new Error(String(error));
    const isFile = error instanceof Error && "code" in error;
    return {
      verdict: "unknown",
      reasons: [
        isFile
          ? `the file cannot be read: ${message}`
          : `quorate itself failed on this file, please report it: ${stack ?? message}`,
      ],
    };
  }
}

async function checkFiles(
  files: readonly string[],
  name: string,
  request: CheckRequest,
  budget: CheckBudget,
): Promise<Checked> {
  budget.demand(0);
  const pieces = bytesOf(files)[Symbol.asyncIterator]();
  const begun: Buffer[] = [];
  let size = 0;
  while (size < beginningBytes) {
    const next = await pieces.next();
    if (next.done === true) break;
    begun.push(next.value);
    size += next.value.length;
  }
  async function* all(): AsyncGenerator<Buffer> {
    for (const piece of begun.splice(0)) yield piece;
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next())
      yield next.value;
  }
  if (size === 0) throw new HistoryError("empty", "a history", "an empty file");
  const beginning = Buffer.concat(begun).subarray(0, beginningBytes);
  const format = formatOf(beginning.toString("utf8"));
  if (format !== "quorate") return checkForeign(name, format, all(), request, budget);
  const checked = await checkOwn(name, all(), request);
  const [file] = files;
  return file === undefined || file === standardInput
    ? checked
    : withDoubt(checked, changedSince(file));
}

/**
 * Turns `valid` into `unknown` if the file changed since its run, since a changed history does not prove that the store
 * is healthy.
 */
function withDoubt(checked: Checked, doubt: string | null): Checked {
  if (doubt === null) return checked;
  const verdict = checked.verdict === "valid" ? "unknown" : checked.verdict;
  return { ...checked, verdict, reasons: [...checked.reasons, doubt] };
}

async function checkOwn(
  file: string,
  pieces: AsyncIterable<Buffer>,
  { guarantee, model, initial, order }: CheckRequest,
): Promise<Checked> {
  if (guarantee !== undefined && !isGuaranteeName(guarantee))
    throw usage({
      code: "not-for-own-histories",
      expected: `--guarantee ${guarantee} with another tool's history`,
      got: `${file}, which is quorate's own`,
      hint: `Its guarantees are ${guaranteeNames.join(", ")}`,
    });
  if (model === "siblings") return withModel(await judgePieces(pieces), guarantee);
  const flag =
    model !== undefined
      ? `--model ${model}`
      : initial !== undefined
        ? "--initial"
        : order !== undefined
          ? "--order"
          : undefined;
  if (flag !== undefined)
    throw usage({
      code: "not-for-own-histories",
      expected: `${flag} with another tool's history`,
      got: `${file}, which is quorate's own`,
      hint: `Leave ${flag} out: only other tools' histories need it`,
    });
  const whole = await judgePieces(pieces, guarantee);
  if (guarantee === undefined) return { verdict: whole.verdict, reasons: whole.reasons, whole };
  const judged = whole.guarantees[guarantee];
  if (judged === undefined || judged.verdict === "not-applicable")
    return {
      verdict: "unknown",
      reasons: [judged?.reason ?? `${guarantee} was not judged`],
      whole,
    };
  return {
    verdict: judged.verdict,
    reasons:
      judged.reason === undefined
        ? judged.anomalies.map((anomaly) => anomaly.explanation)
        : [judged.reason],
    whole,
  };
}
