import { spawnSync } from "node:child_process";
import { openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { failureOf } from "../../../harness/cli/exit.ts";
import { addRun } from "../../../harness/cli/run.ts";
import { packageRoot } from "../../../harness/paths.ts";
import { documentOf, quorate, runsFolder } from "./support.ts";

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("expected an error");
}

/** Wrong command lines, each with a word that its one-line error must contain. */
const mistakes: readonly (readonly [args: string, word: string])[] = [
  ["run --wat", "--wat"],
  ["frobnicate", "frobnicate"],
  ["run --histories x", "--histories"],
  ["run --histories 0", "--histories"],
  ["run --histories -3", "-3"],
  ["run --seed 1.5", "--seed"],
  ["run --seed 99999999999", "--seed"],
  ["run --seconds 0", "--seconds"],
  ["run --jobs 0", "--jobs"],
  ["run --jobs 1000", "--jobs to be a whole number from 1 to"],
  ["replay package.json --jobs 1000", "--jobs to be a whole number from 1 to"],
  ["replay package.json --out=", "--out to be a folder's path"],
  ["run --shard 3/2", "--shard"],
  ["run --shard 0/2", "--shard"],
  ["run --on mars", "mars"],
  ["run --set w=4", "w = 4"],
  ["run --set n=6", "n = 6"],
  ["run --set r=0", "r"],
  ["run --set nodes=2", "nodes"],
  ["run --set nope=1", "nope"],
  ["run --set readRepair=often", "readRepair"],
  ["run --set w", 'got "w" without =value. Write --set w=VALUE'],
  ["run --set antiEntropyIntervalMs=20", "antiEntropyIntervalMs"],
  ["run --promise nope", "nope"],
  ["run --faults fire", "fire"],
  ["run --workload bank", "bank"],
  ["run --profile mongo", "strict, dynamo, riak, cassandra"],
  ["run --profile dynamo --set hints=false", "hints=true"],
  ["run --bug no-such-bug", "no-such-bug"],
  ["run --set ackermann=1", "The nearest names"],
  ["run --junit /proc/x/j.xml", "--junit to be a file that can be written; got /proc/x/j.xml"],
  ["run extra", "excess-arguments"],
  ["run extra", "got 1. See quorate run --help"],
  ["run -- extra", "excess-arguments"],
  ["run --target maelstrom --bin node.py extra -- argument", "excess-arguments"],
  ["run --wat", "unknown-option"],
  ["rnu", "Did you mean run?"],
  ["help nosuch", "nosuch"],
  ["hunt merge-of-frist", "merge-of-first"],
  [
    "run --bug ./no-such-bug",
    'no-such-file: expected the path of a .ts or .js file, or the name of a planted bug; got "./no-such-bug": there is no file of this path',
  ],
  ["run --bug no-such-bug.ts", "no-such-file"],
  ["replay sim:v1:x --bug no-such-bug.js", "no-such-file"],
  ["run --bug merge-of-frist", 'got "merge-of-frist". The nearest names: merge-of-first'],
  ["replay nowhere", "nowhere"],
  ["replay sim:v1:AAAA", "token"],
  ["replay", "target"],
  ["replay package.json", "plan"],
  ["check", "files"],
  ["check nowhere.jsonl", "nowhere.jsonl"],
  ["check package.json --guarantee nope", "nope"],
  ["check package.json --model nope", "cas-register"],
  ["check reports", "no file"],
  ["report nowhere", "nowhere"],
  ["report package.json", "no-run: expected a run's folder; got package.json, which is a file"],
  ["merge package.json", "no-run: expected a run's folder; got package.json, which is a file"],
  ["serve nowhere", "nowhere"],
  ["serve --port 70000", "--port"],
  ["hunt no-such-bug", "no-such-bug"],
  // The command once ran all scenarios and ignored the unknown name.
  ["scenario all no-such-scenario", "or only the word all"],
  ["hunt --max 0", "--max"],
  ["hunt --controls 0 --on docker", "--controls"],
  ["hunt --twins 0 --on docker", "--controls"],
  // The command once accepted these flags and ignored them.
  ["hunt --controls 5 --max 3", "--max"],
  ["hunt merge-of-first --control --table", "--table"],
  ["check test/fixtures/histories/etcd_002.log --model siblings", "--model siblings"],
  ["check test/fixtures/histories/etcd_002.log --model sets", "--model"],
];

/** Commands that the design describes but this version does not have. */
const missing = [
  "scenario all --jobs 2",
  "hunt merge-of-first --control --search guided",
  "check test/fixtures/histories/etcd_002.log --guarantee converged",
];

describe("a mistake on the command line", () => {
  it.each(mistakes)("quorate %s: exit 64 and one line", async (args, word) => {
    const { status, stdout, stderr } = await quorate(args.split(" "));
    expect(status).toBe(64);
    expect(stdout).toBe("");
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain(word);
  });

  it("is to ask for nothing but faults that cannot be made there", async () => {
    const { status, stderr } = await quorate([
      "run",
      "--on",
      "sim",
      "--faults",
      "limit",
      "--histories",
      "1",
    ]);
    expect(status).toBe(64);
    expect(stderr).toMatch(/^quorate: fault-impossible: .*--faults limit.*--on/);
  });

  it.each(missing)("quorate %s: exit 64 and what is missing", async (args) => {
    const { status, stderr } = await quorate(args.split(" "));
    expect(status).toBe(64);
    expect(stderr).toMatch(/not-built-yet: .*Missing: \S+/);
  });

  it("is a JSON document with --json", async () => {
    const finished = await quorate(["run", "--set", "w=4", "--json"]);
    expect(finished.status).toBe(64);
    expect(documentOf(finished)["error"]).toMatchObject({ code: "settings-contradiction" });
  });
});

describe("a mistake", () => {
  it.each([
    "run --target maelstrom --bin ./no-such-node --workload echo --faults none",
    "maelstrom test -w echo --bin ./no-such-node",
    "run --on mars",
    "run --seed 1.5",
    "replay nowhere",
    "merge nowhere",
    "hunt no-such-bug",
  ])("leaves no folder behind: quorate %s", async (args) => {
    const folder = runsFolder();
    const { status } = await quorate(args.split(" "), {}, "pipe", { folder });
    expect(status).toBe(64);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("what the machine refuses", () => {
  // The command once ended with a stack and exit 1, which stands for a broken promise.
  it("is exit 70 where stdout cannot be written, whatever the verdict was", async () => {
    const { status, stderr } = await quorate(
      ["run", "--on", "sim", "--seed", "1", "--histories", "1", "--out", runsFolder()],
      {},
      openSync("/dev/full", "w"),
    );
    expect(stderr).toBe(
      "quorate: the output could not be written: ENOSPC: no space left on device, write\n",
    );
    expect(status).toBe(70);
  });

  it.each(["EISDIR", "ENOTDIR", "ELOOP", "ENAMETOOLONG"])(
    "is no fault of quorate's where %s lies in the place of a file",
    (code) => {
      const error = Object.assign(new Error(`${code}: x`), { code });
      expect(failureOf(error)).toMatchObject({ status: 70, code: "machine-refused" });
    },
  );

  it("is no fault of quorate's where somebody removed the folder of a run that goes on", () => {
    const { status, code, message } = failureOf(
      thrownBy(() => openSync("/no-such-folder/campaign.json.part", "wx")),
    );
    expect([status, code]).toEqual([70, "machine-refused"]);
    expect(message).toContain(
      "Something removed or renamed one of them, or the folder for temporary files",
    );
    // A program that is missing is another thing.
    expect(failureOf(spawnSync("no-such-program").error).code).toBe("internal");
  });

  it("is one sentence, no stack", () => {
    expect(
      failureOf(
        Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" }),
      ),
    ).toMatchObject({
      status: 70,
      code: "machine-refused",
      message: expect.stringMatching(
        /^machine-refused: expected .*; got ENOSPC.*\. Make room/,
      ) as unknown,
    });
    expect(failureOf(new Error("oh")).code).toBe("internal");
  });

  it("is exit 64 where the folder of runs is there and takes nothing", async () => {
    // The folder is checked before anything runs, since a hunt was once lost at its end. Not even root can write to
    // /proc/sys.
    const { status, stderr } = await quorate([
      "hunt",
      "merge-of-first",
      "--on",
      "sim",
      "--max",
      "1",
      "--out",
      "/proc/sys",
    ]);
    expect(stderr).toMatch(
      /^quorate: unwritable: expected --out to be a folder that can be made and written to; got \/proc\/sys: EACCES/,
    );
    expect(status).toBe(64);
  });
});

describe("help", () => {
  it("names every command", async () => {
    const { status, stdout } = await quorate(["--help"]);
    expect(status).toBe(0);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    for (const command of ["run", "replay", "hunt", "check", "report", "serve", "clean", "doctor"])
      expect(stdout).toContain(command);
  });

  it.each(["run", "replay", "hunt", "scenario", "check", "report", "serve", "clean", "doctor"])(
    "of %s fits a screen",
    async (command) => {
      const { status, stdout } = await quorate([command, "--help"]);
      expect(status).toBe(0);
      const lines = stdout.trimEnd().split("\n");
      expect(lines.length).toBeLessThanOrEqual(40);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    },
  );

  it("leaves no flag of run out of docs/commands.md", () => {
    const program = new Command();
    addRun(program);
    const flags = program.commands.flatMap(({ options }) => options.map(({ long }) => long ?? ""));
    const text = readFileSync(join(packageRoot, "docs", "commands.md"), "utf8");
    expect(flags).toContain("--no-evidence");
    expect(flags.filter((flag) => !text.includes(`\`${flag}`))).toEqual([]);
  });

  it("is what a bare quorate shows", async () => {
    const { status, stdout } = await quorate([]);
    expect(status).toBe(64);
    expect(stdout).toContain("Usage: quorate");
  });
});

describe("a missing engine", () => {
  const nowhere = { DOCKER_HOST: "unix:///nowhere/docker.sock" };

  it("is exit 70 where containers were asked for", async () => {
    const { status, stderr } = await quorate(
      ["run", "--on", "docker", "--histories", "1"],
      nowhere,
    );
    expect(status).toBe(70);
    expect(stderr).toContain("no-docker-engine");
  });

  it("is exit 70 in CI", async () => {
    const { status } = await quorate(["run", "--histories", "1"], { ...nowhere, CI: "true" });
    expect(status).toBe(70);
  });
});
