/** The command line. */
import { Command, CommanderError } from "commander";
import { version } from "../version.ts";
import { beginApart, endApart, isApart } from "./apart.ts";
import { exit, failureOf, usage } from "./exit.ts";
import { leave } from "./signals.ts";
import { notBuilt } from "./values.ts";

/** Commands that the design names and this version lacks. Each is refused with what is missing. */
const missing: Readonly<Record<string, string>> = {
  "scenario --jobs": "running several scenarios at a time",
};

type AddCommand = (program: Command) => void;

/**
 * In the order of the help. Loaded only when needed: without Docker's client and the generators, `check` starts three
 * times as fast.
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

/** Runs the command. process.exitCode is its status afterwards. */
export async function main(argv: readonly string[]): Promise<void> {
  const args = argv.slice(2);
  // A closed pipe (`| head`) is no failure of quorate's, and the exit status still tells the verdict.
  let unsaid: NodeJS.ErrnoException | null = null;
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") unsaid ??= error;
    });
  if (isApart) beginApart();
  else leaveOnUncaught();
  let finished = false;
  process.once("exit", (status) => {
    // If nobody could read the verdict, for example on a full disk, the exit status must not tell one.
    if (unsaid !== null && !isApart) {
      process.stderr.write(
        `quorate: the output could not be written: ${(unsaid as Error).message}\n`,
      );
      process.exitCode = exit.environment;
    }
    // A planted bug or a configuration that ends the process must not look like a verdict.
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

/** Status 1 means a broken promise, so an uncaught error must end with another status. */
function leaveOnUncaught(): void {
  const tellAndLeave = (thrown: unknown): void => {
    const { message } = failureOf(thrown);
    process.stderr.write(
      `quorate: uncaught, in quorate or in code that it was given: ${message}\nWhat it made may be left: quorate clean removes it.\n`,
      () => leave(exit.environment),
    );
  };
  process.on("uncaughtException", tellAndLeave);
  process.on("unhandledRejection", tellAndLeave);
}

/** Ends the process although a client, a fault's command or a configuration may have left a timer or a pipe open. */
function leaveSoon(): void {
  const leave = (): void => {
    if (process.stdout.writableLength + process.stderr.writableLength > 0) leaveSoon();
    else process.exit();
  };
  setTimeout(leave, graceMs).unref();
}

/** Leaves time for connections to end by themselves. */
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
        expected: "help on a command",
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
    // The message may quote a node, so its control characters are made visible.
    const { visible } = await import("../../reports/index.ts");
    process.stderr.write(`quorate: ${visible(failure.message)}\n`);
    if (json)
      process.stdout.write(
        `${JSON.stringify({ verdict: failure.status === exit.usage ? null : "unknown", error: { code: failure.code, message: failure.message } }, null, 2)}\n`,
      );
  }
}

/** Loads only the named command. Without a name, loads all of them. */
export async function createProgram(name: string | undefined): Promise<Command> {
  const program = new Command("quorate");
  program
    .description(
      "Finds consistency bugs in leaderless replicated stores: random histories of operations and faults, checked, shrunk, explained.",
    )
    .version(version)
    // Names alone: with the arguments, no room is left for what each does.
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .exitOverride()
    // What goes wrong is printed once, by main, in our own words.
    .configureOutput({ outputError: () => {} })
    .showSuggestionAfterError(true)
    .addHelpText(
      "after",
      [
        "",
        "exit status:",
        "  0   every promise held (replay: reproduced; hunt: all found; scenario: as",
        "      documented)",
        "  1   a promise was broken (not reproduced; one missed; not as documented)",
        "  2   unknown",
        "  64  bad usage or settings",
        "  70  the environment failed",
      ].join("\n"),
    );
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

/** Turns Commander's error into one line. */
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
