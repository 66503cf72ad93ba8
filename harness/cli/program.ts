/** The command line. */
import { Command, CommanderError } from "commander";
import { version } from "../version.ts";
import { beginApart, endApart, isApart } from "./apart.ts";
import { exit, failureOf, usage } from "./exit.ts";
import { hasPrintedDocument } from "./output.ts";
import { leave } from "./signals.ts";
import { notBuilt } from "./values.ts";

/** Flags that are planned and not built yet: command and flag → what is missing. Each is refused with this reason. */
const missing: Readonly<Record<string, string>> = {
  "scenario --jobs": "running several scenarios at the same time",
};

type AddCommand = (program: Command) => void;

/**
 * The commands in the order of the help. Each is imported only when needed: without Docker's client and the generators,
 * `check` starts much faster.
 */
const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  init: async () => (await import("./init.ts")).addInit,
  run: async () => (await import("./run.ts")).addRun,
  maelstrom: async () => (await import("./maelstrom.ts")).addMaelstrom,
  replay: async () => (await import("./replay.ts")).addReplay,
  hunt: async () => (await import("./hunt.ts")).addHunt,
  scenario: async () => (await import("./scenario.ts")).addScenario,
  check: async () => (await import("./check.ts")).addCheck,
  merge: async () => (await import("./merge.ts")).addMerge,
  report: async () => (await import("./report.ts")).addReport,
  serve: async () => (await import("./serve.ts")).addServe,
  clean: async () => (await import("./clean.ts")).addClean,
  doctor: async () => (await import("./doctor.ts")).addDoctor,
};

/** Runs the command. Afterwards `process.exitCode` is the command's exit status. */
export async function main(argv: readonly string[]): Promise<void> {
  const args = argv.slice(2);
  // A closed pipe (`| head`) is no failure of quorate, and the exit status still tells the verdict.
  let unsaid: NodeJS.ErrnoException | null = null;
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") unsaid ??= error;
    });
  if (isApart) beginApart();
  else leaveOnUncaught();
  let finished = false;
  process.once("exit", (status) => {
    // If the output could not be written, for example on a full disk, nobody has read the verdict, so the exit status
    // must not tell one.
    if (unsaid !== null && !isApart) {
      process.stderr.write(
        `quorate: the output could not be written: ${(unsaid as Error).message}\n`,
      );
      process.exitCode = exit.environment;
    }
    // The end of the process by a planted bug or a configuration must not look like a verdict.
    if (finished || isApart || (status !== exit.held && status !== exit.broken)) return;
    process.stderr.write("quorate: the process was ended before there was a verdict\n");
    process.exitCode = exit.environment;
  });
  try {
    await runCommand(argv, args);
  } finally {
    finished = true;
    endApart();
  }
  if (!isApart) leaveSoon();
}

/** Gives uncaught errors an exit status of their own. Node's status 1 would mean a broken promise. */
function leaveOnUncaught(): void {
  const tellAndLeave = (thrown: unknown): void => {
    const { message } = failureOf(thrown);
    process.stderr.write(
      `quorate: an uncaught error, in quorate or in the user's code: ${message}\nSome of what the run made may be left; quorate clean removes that.\n`,
      () => leave(exit.environment),
    );
  };
  process.on("uncaughtException", tellAndLeave);
  process.on("unhandledRejection", tellAndLeave);
}

/** Ends the process soon, even if a client, a fault's command or a configuration has left a timer or a pipe open. */
function leaveSoon(): void {
  const leave = (): void => {
    if (process.stdout.writableLength + process.stderr.writableLength > 0) leaveSoon();
    else process.exit();
  };
  setTimeout(leave, graceMs).unref();
}

/** How long connections have to end by themselves, in ms. */
const graceMs = 2_000;

async function runCommand(argv: readonly string[], args: readonly string[]): Promise<void> {
  const json = args.includes("--json");
  try {
    if (args.length === 0) {
      process.stdout.write((await createProgram(undefined)).helpInformation());
      process.exitCode = exit.usage;
      return;
    }
    refuseMissing(args);
    const [first, about] = args;
    if (
      first === "help" &&
      about !== undefined &&
      !about.startsWith("-") &&
      !Object.hasOwn(commands, about)
    )
      throw usage({
        code: "unknown-command",
        expected: "the name of a command",
        got: JSON.stringify(about),
        hint: `There are: ${Object.keys(commands).join(", ")}`,
      });
    if (args.length === 1 && ["--version", "-V"].includes(args[0] ?? "")) {
      process.stdout.write(`${version}\n`);
      return;
    }
    await (await createProgram(args[0])).parseAsync([...argv]);
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return;
    const failure = failureOf(thrown instanceof CommanderError ? asUsage(thrown, args[0]) : thrown);
    process.exitCode = failure.status;
    // The message may quote a node's output, so its control characters are made visible.
    const { visible } = await import("../../reports/index.ts");
    process.stderr.write(`quorate: ${visible(failure.message)}\n`);
    if (json && !hasPrintedDocument())
      process.stdout.write(
        `${JSON.stringify({ verdict: failure.status in verdictOf ? verdictOf[failure.status] : "unknown", error: { code: failure.code, message: failure.message } }, null, 2)}\n`,
      );
  }
}

/** The verdict in the document of a command that failed with this exit status. */
const verdictOf: Readonly<Record<number, string | null>> = {
  [exit.broken]: "invalid",
  [exit.usage]: null,
};

const exitStatuses = `
exit status:
  0   every promise held (replay: reproduced; hunt: all bugs found; scenario: as
      documented)
  1   a promise was broken (replay: not reproduced; hunt: a bug missed, or an
      alarm of a control run; scenario: not as documented)
  2   unknown whether every promise held
  64  a wrong command, flag or setting
  70  the environment or quorate itself failed`;

/**
 * Creates the command line with the named command only. If no command has this name, or `name` is undefined, creates it
 * with all commands.
 */
export async function createProgram(name: string | undefined): Promise<Command> {
  const program = new Command("quorate");
  program
    .description(
      "Finds consistency bugs in leaderless replicated stores: random histories of operations and faults, checked, shrunk, explained.",
    )
    .version(version)
    // The help lists the commands without their arguments, which would leave no room for the descriptions.
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .exitOverride()
    // Commander prints no errors, since `runCommand` prints each failure once, in quorate's words.
    .configureOutput({ outputError: () => {} })
    .showSuggestionAfterError(true)
    .addHelpText("after", exitStatuses);
  const named = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  for (const load of named === undefined ? Object.values(commands) : [named])
    (await load())(program);
  for (const command of program.commands)
    command.exitOverride().configureOutput({ outputError: () => {} });
  return program;
}

function refuseMissing([command = "", ...rest]: readonly string[]): void {
  const flags = [command, ...rest]
    .map((arg) => arg.split("=", 1)[0] ?? arg)
    .filter((arg) => arg.startsWith("--"));
  const what = [command, ...flags, ...flags.map((flag) => `${command} ${flag}`)].find((asked) =>
    Object.hasOwn(missing, asked),
  );
  if (what !== undefined) throw notBuilt(what, missing[what] ?? what);
}

/** Turns Commander's error into a UsageError with one line. */
function asUsage(error: CommanderError, command: string | undefined): Error {
  const code = error.code
    .replace("commander.", "")
    .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const got = error.message
    .replace(/^error: /, "")
    .replace(/\s+/g, " ")
    .replace(/\.$/, "");
  return usage({
    code,
    expected: "a command and flags of this version",
    got,
    hint: `See quorate ${command !== undefined && Object.hasOwn(commands, command) ? `${command} ` : ""}--help`,
  });
}
