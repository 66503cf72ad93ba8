/** `quorate check`: judge history files. */
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { type GuaranteeName, HistoryError, judge, type Outcome, type Verdict } from "../../checkers/index.ts";
import { exitOf, usage } from "./exit.ts";
import { readHistory } from "./load.ts";
import { createOutput } from "./output.ts";
import { guaranteeName, notBuilt } from "./values.ts";

interface CheckFlags {
  readonly guarantee?: string;
  readonly model?: string;
  readonly initial?: string;
  readonly json?: boolean;
}

interface Checked {
  readonly verdict: Outcome;
  readonly reasons: readonly string[];
  readonly whole?: Verdict;
}

export function addCheck(program: Command): void {
  program
    .command("check <files...>")
    .description("judge history files (history.jsonl)")
    .option("--guarantee <NAME>", "judge this one alone, promised or not")
    .option("--model <NAME>", "of other tools' histories")
    .option("--initial <VALUE>", "of other tools' histories")
    .option("--json", "one JSON document on stdout")
    .action(async (files: readonly string[], flags: CheckFlags) => {
      process.exitCode = await check(files, flags);
    });
}

async function check(files: readonly string[], flags: CheckFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  if (flags.model !== undefined) throw notBuilt(`--model ${flags.model}`, "readers of other tools' histories; without --model, quorate's own history.jsonl is read");
  if (flags.initial !== undefined) throw notBuilt("--initial", "readers of other tools' histories");
  const only = flags.guarantee === undefined ? undefined : guaranteeName("--guarantee", flags.guarantee);
  const absent = files.find((file) => !existsSync(file));
  if (absent !== undefined) throw usage({ code: "no-such-file", expected: "history files", got: `${absent}, which does not exist`, hint: "Check the path" });
  const results = new Map<string, Checked>();
  for (const file of files) results.set(file, await checkFile(file, only));
  const verdicts = [...results.values()].map((result) => result.verdict);
  const verdict: Outcome = verdicts.includes("invalid") ? "invalid" : verdicts.includes("unknown") ? "unknown" : "valid";
  const single = results.size === 1 ? [...results.values()][0] : undefined;
  output.document({
    verdict,
    files: Object.fromEntries([...results].map(([file, result]) => [file, result.verdict])),
    reasons: Object.fromEntries([...results].map(([file, result]) => [file, result.reasons])),
    ...(single?.whole === undefined ? {} : { guarantees: single.whole.guarantees, stress: single.whole.stress }),
  });
  if (!output.json)
    for (const [file, result] of results) {
      output.say(`${file}: ${result.verdict}`);
      for (const reason of result.reasons) output.say(`  ${reason}`);
    }
  return exitOf[verdict];
}

/** A file that is no whole history says nothing about its store: unknown, with the reader's reason. */
async function checkFile(file: string, only: GuaranteeName | undefined): Promise<Checked> {
  try {
    const whole = judge(await readHistory(file));
    if (only === undefined) return { verdict: whole.verdict, reasons: whole.reasons, whole };
    const judged = whole.guarantees[only];
    if (judged === undefined || judged.verdict === "not-applicable") return { verdict: "unknown", reasons: [judged?.reason ?? `${only} was not judged`], whole };
    return { verdict: judged.verdict, reasons: judged.reason === undefined ? judged.anomalies.map((anomaly) => anomaly.explanation) : [judged.reason], whole };
  } catch (error) {
    if (error instanceof HistoryError) return { verdict: "unknown", reasons: [error.message] };
    throw error;
  }
}
