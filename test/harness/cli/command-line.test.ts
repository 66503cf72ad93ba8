import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { commandAgain, commandLine, type Decided } from "../../../harness/cli/command-line.ts";

/** The parsed command that commander passes to the command's action. */
const asked = (...args: readonly string[]): Command => askedOf("run", args);

function askedOf(name: string, args: readonly string[]): Command {
  let found: Command | undefined;
  const program = new Command("quorate");
  program
    .command(name)
    .allowUnknownOption()
    .allowExcessArguments()
    .action((_: unknown, command: Command) => {
      found = command;
    });
  program.parse(["node", "quorate", name, ...args]);
  if (found === undefined) throw new Error("expected the action to run");
  return found;
}

const decided: Decided = { seed: 7, target: "bundled", shard: { index: 0, of: 1 } };

describe("commandLine", () => {
  it("is ready for a shell", () => {
    expect(commandLine(asked("--set", "r=1", "--out", "my runs", "--bug", "it's.ts"))).toBe(
      "npx quorate run --set r=1 --out 'my runs' --bug 'it'\\''s.ts'",
    );
  });
});

describe("commandAgain", () => {
  it("names version, target and seed, and drops where results go", () => {
    const args = ["--histories", "5", "--json", "--out=x", "--junit", "j.xml", "--seed", "1"];
    expect(commandAgain(commandLine(asked(...args)), decided)).toMatch(
      /^npx quorate@\d\S* run --target bundled --seed 7 --histories 5$/,
    );
  });

  it("keeps what is quoted in one piece", () => {
    const args = ["--out", "my runs", "--bug", "it's my.ts"];
    expect(commandAgain(commandLine(asked(...args)), decided)).toMatch(
      /run --target bundled --seed 7 --bug 'it'\\''s my\.ts'$/,
    );
  });

  it("leaves what follows -- to the program of a node", () => {
    const args = ["--seed", "1", "--", "--seed", "2", "--json"];
    const shard = { index: 2, of: 8 };
    expect(commandAgain(commandLine(asked(...args)), { ...decided, shard })).toMatch(
      /run --target bundled --seed 7 --shard 3\/8 -- --seed 2 --json$/,
    );
  });

  it("names no target to the command maelstrom, which takes none", () => {
    const command = commandLine(askedOf("maelstrom", ["test", "-w", "echo", "--out", "x"]));
    expect(commandAgain(command, { ...decided, target: "maelstrom" })).toMatch(
      /^npx quorate@\d\S* maelstrom --seed 7 test -w echo$/,
    );
  });

  it("names the shard wherever it came from", () => {
    const shard = { index: 2, of: 8 };
    expect(commandAgain(commandLine(asked("--shard", "1/2")), { ...decided, shard })).toMatch(
      /--seed 7 --shard 3\/8$/,
    );
  });
});
