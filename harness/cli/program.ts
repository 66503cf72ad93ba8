/** The command line: a thin face over documented functions. */
import { Command, CommanderError } from "commander";
import { version } from "../version.ts";
import { addCheck } from "./check.ts";
import { addClean } from "./clean.ts";
import { exit, failureOf, usage } from "./exit.ts";
import { addHunt } from "./hunt.ts";
import { addReplay } from "./replay.ts";
import { addReport } from "./report.ts";
import { addRun } from "./run.ts";
import { notBuilt } from "./values.ts";

/** Named by the design, not in this version: each is answered with what is missing, none is ignored. */
const missing: Readonly<Record<string, string>> = {
  "--profile": "the profiles (use --set for each setting)",
  "--jobs": "running histories in parallel",
  "--shard": "splitting a campaign over machines",
  scenario: "the documented edge cases of quorums",
  serve: "browsing the folder of runs (each run has a report.html)",
};

/** Runs the command and returns when it is done; process.exitCode is its status. */
export async function main(argv: readonly string[]): Promise<void> {
  const args = argv.slice(2);
  const json = args.includes("--json");
  try {
    refuseMissing(args);
    await createProgram().parseAsync([...argv]);
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return;
    if (args.length === 0) {
      process.stdout.write(createProgram().helpInformation());
      process.exitCode = exit.usage;
      return;
    }
    const failure = failureOf(thrown instanceof CommanderError ? asUsage(thrown) : thrown);
    process.exitCode = failure.status;
    process.stderr.write(`quorate: ${failure.message}\n`);
    if (json) process.stdout.write(`${JSON.stringify({ verdict: failure.status === exit.usage ? null : "unknown", error: { code: failure.code, message: failure.message } }, null, 2)}\n`);
  }
}

function createProgram(): Command {
  const program = new Command("quorate");
  program
    .description("Finds consistency bugs in leaderless replicated stores: random histories of operations and faults, checked, shrunk, explained.")
    .version(version)
    .exitOverride()
    // What goes wrong is printed once, by main, in our own words.
    .configureOutput({ outputError: () => {} })
    .showSuggestionAfterError(true)
    .addHelpText(
      "after",
      "\nexit status: 0 every promise held (replay: reproduced; hunt: all found) · 1 a promise was broken (not reproduced; one missed) · 2 unknown · 64 bad usage or settings · 70 the environment failed",
    );
  for (const add of [addRun, addReplay, addHunt, addCheck, addReport, addClean]) add(program);
  for (const command of program.commands) command.exitOverride().configureOutput({ outputError: () => {} });
  return program;
}

function refuseMissing(args: readonly string[]): void {
  const what = args.map((arg) => arg.split("=", 1)[0] ?? arg).find((arg, index) => Object.hasOwn(missing, arg) && (arg.startsWith("--") || index === 0));
  if (what !== undefined) throw notBuilt(what, missing[what] ?? what);
}

function asUsage(error: CommanderError): Error {
  return usage({ code: error.code.replace("commander.", ""), expected: "a command and flags of this version", got: error.message.replace(/^error: /, ""), hint: "See quorate --help, or quorate run --help" });
}
