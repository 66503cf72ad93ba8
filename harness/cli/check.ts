/** `quorate check`: judge history files, our own and other tools'. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import {
  type ForeignModel,
  type GuaranteeName,
  HistoryError,
  type Judgement,
  type Outcome,
  type Verdict,
} from "../../checkers/index.ts";
import { type CheckModel, checkModels, withModel } from "./check-model.ts";
import { checkForeign } from "./check-foreign.ts";
import { exitOf, usage } from "./exit.ts";
import { createOutput } from "./output.ts";
import { changedSince } from "./recorded-hash.ts";
import { formatOfFile, judgeFile } from "./read-history.ts";
import { guaranteeName, oneOf } from "./values.ts";

interface CheckFlags {
  readonly guarantee?: string;
  readonly model?: string;
  readonly initial?: string;
  readonly json?: boolean;
}

/** What was asked of every file. */
export interface CheckRequest {
  readonly guarantee: GuaranteeName | undefined;
  readonly model: CheckModel | undefined;
  readonly initial: string | undefined;
}

export interface Checked {
  readonly verdict: Outcome;
  readonly reasons: readonly string[];
  readonly whole?: Verdict;
  /** Of another tool's history: what was judged, and as what. */
  readonly foreign?: {
    readonly format: string;
    readonly model: ForeignModel;
    readonly initial: string;
    readonly guarantee: GuaranteeName;
    readonly judgement: Judgement;
  };
}

export function addCheck(program: Command): void {
  program
    .command("check <files...>")
    .description(
      "judge history files, or all in a folder: our history.jsonl, Jepsen's EDN and log text, Porcupine's key-value text",
    )
    .option(
      "--guarantee <NAME>",
      "judge this one alone, promised or not (other tools' histories: linearizable, of a set durable, unless said)",
    )
    .option(
      "--model <NAME>",
      "of other tools' histories: register, cas-register, set, kv (default: the smallest that fits); of ours: siblings, whatever was promised",
    )
    .option(
      "--initial <VALUE>",
      "of other tools' histories (default: nil, or 0 where the first read shows it; kv: the empty string)",
    )
    .option("--json", "one JSON document on stdout")
    .action(async (files: readonly string[], flags: CheckFlags) => {
      process.exitCode = await check(files, flags);
    });
}

/** A folder stands for the histories right in it, known by their endings. */
function filesOf(path: string): readonly string[] {
  if (!existsSync(path) || !statSync(path).isDirectory()) return [path];
  const files = readdirSync(path)
    .filter((name) => /\.(jsonl|edn|log|txt)$/.test(name))
    .sort();
  if (files.length === 0)
    throw usage({
      code: "no-such-file",
      expected: "a folder with histories, which end in .jsonl, .edn, .log or .txt",
      got: `${path}, which has no file of that kind`,
      hint: "Name the files themselves",
    });
  return files.map((name) => join(path, name));
}

async function check(paths: readonly string[], flags: CheckFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const request = requestOf(flags);
  const files = paths.flatMap(filesOf);
  const absent = files.find((file) => !existsSync(file) || !statSync(file).isFile());
  if (absent !== undefined)
    throw usage({
      code: "no-such-file",
      expected: "history files",
      got: `${absent}, which is no file`,
      hint: "Check the path",
    });
  const results = new Map<string, Checked>();
  for (const file of files) results.set(file, checkFile(file, request));
  const verdicts = [...results.values()].map((result) => result.verdict);
  const verdict: Outcome = verdicts.includes("invalid")
    ? "invalid"
    : verdicts.includes("unknown")
      ? "unknown"
      : "valid";
  const single = results.size === 1 ? [...results.values()][0] : undefined;
  output.document({
    verdict,
    files: Object.fromEntries([...results].map(([file, result]) => [file, result.verdict])),
    reasons: Object.fromEntries([...results].map(([file, result]) => [file, result.reasons])),
    ...(single?.whole === undefined
      ? {}
      : { guarantees: single.whole.guarantees, stress: single.whole.stress }),
    ...(single?.foreign === undefined ? {} : foreignDocument(single.foreign)),
  });
  if (!output.json)
    for (const [file, { verdict: its, reasons }] of results) {
      output.say(`${file}: ${its}`);
      for (const reason of reasons) output.say(`  ${await oneLine(reason)}`);
    }
  return exitOf[verdict];
}

/** It quotes what anybody may have written into the file: a terminal must not take it for commands. */
async function oneLine(reason: string): Promise<string> {
  // Loaded only where there is something to tell: `check` starts faster without.
  const { visible } = await import("../../reports/index.ts");
  return visible(reason.replace(/\s+/g, " "));
}

function requestOf({ guarantee, model, initial }: CheckFlags): CheckRequest {
  return {
    guarantee: guarantee === undefined ? undefined : guaranteeName("--guarantee", guarantee),
    model: model === undefined ? undefined : oneOf("--model", model, checkModels),
    initial,
  };
}

function foreignDocument({
  format,
  model,
  initial,
  guarantee,
  judgement,
}: NonNullable<Checked["foreign"]>): object {
  return {
    format,
    model,
    initial,
    guarantees: { [guarantee]: { ...judgement, promised: true } },
    anomalies: judgement.anomalies,
  };
}

/** A file that is no whole history says nothing about its store: unknown, with the reader's reason. */
function checkFile(file: string, request: CheckRequest): Checked {
  try {
    const format = formatOfFile(file);
    return format === "quorate"
      ? withDoubt(checkOwn(file, request), changedSince(file))
      : checkForeign(file, format, request);
  } catch (error) {
    if (error instanceof HistoryError) return { verdict: "unknown", reasons: [error.message] };
    throw error;
  }
}

/** A file that is not what its run saw proves nothing of the store's health. */
function withDoubt(checked: Checked, doubt: string | null): Checked {
  if (doubt === null) return checked;
  const verdict = checked.verdict === "valid" ? "unknown" : checked.verdict;
  return { ...checked, verdict, reasons: [...checked.reasons, doubt] };
}

function checkOwn(file: string, { guarantee, model, initial }: CheckRequest): Checked {
  if (model === "siblings") return withModel(judgeFile(file), guarantee);
  const flag =
    model !== undefined ? `--model ${model}` : initial !== undefined ? "--initial" : undefined;
  if (flag !== undefined)
    throw usage({
      code: "not-for-own-histories",
      expected: `${flag} with another tool's history`,
      got: `${file}, which is quorate's own`,
      hint: `Leave ${flag} out: the history says what it is`,
    });
  const whole = judgeFile(file, guarantee);
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
