/** Tests commands from Maelstrom's documentation, with another program and shorter time limits. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { echoes, leavesDaemon, makePrograms } from "../platforms/process/programs.ts";
import { documentOf, quorate, runsFolder } from "./support.ts";

const programs = makePrograms();
const answersTwice = `handlers.echo = (message) => { for (const _ of [1, 2]) reply(message, { type: "echo_ok", echo: message.body.echo }); };`;
afterAll(() => programs.remove());

const bin = resolve(import.meta.dirname, "../../fixtures/nodes/one-state.ts");

/** Runs a command from Maelstrom's documentation. Its time limit is shorter than in the original. */
const pasted = (command: string, workload: string) =>
  quorate([
    ...`maelstrom test ${command} --bin ${bin} --seed 5 --json --out ${runsFolder()}`.split(" "),
    "--",
    workload,
  ]);

describe("quorate maelstrom test", () => {
  it.each([
    ["echo", "-w echo --nodes n1 --time-limit 1 --log-stderr", "--log-stderr has no effect"],
    [
      "broadcast",
      "-w broadcast --time-limit 1 --rate 20 --node-count 5 --topology tree4 --latency 10 --latency-dist exponential --nemesis partition",
      "",
    ],
    ["g-set", "-w g-set --time-limit 1 --rate 10 --nemesis partition", ""],
    [
      "lin-kv",
      "-w lin-kv --time-limit 1 --node-count 3 --concurrency 4n --rate 30 --nemesis partition --nemesis-interval 10 --test-count 2",
      "--nemesis-interval has no effect",
    ],
    [
      "txn-list-append",
      "-w txn-list-append --time-limit 1 --node-count 2 --rate 20 --consistency-models serializable --availability total",
      "",
    ],
    [
      "kafka",
      "-w kafka --node-count 1 --concurrency 2n --time-limit 1 --rate 20 --max-writes-per-key 4",
      "--max-writes-per-key has no effect",
    ],
  ])(
    "%s: a pasted command is understood, and its verdict valid",
    async (workload, command, said) => {
      const finished = await pasted(command, workload);
      expect(finished.stderr).toContain(said);
      expect(documentOf(finished)).toMatchObject({ verdict: "valid", reasons: [] });
      expect(finished.status).toBe(0);
    },
  );

  it.each([
    ["--node-count 1", "n0"],
    ["--node-count 1 --nodes n1,n2", "n0"],
    ["--nodes n1", "n1"],
    ["--nodes n0", "n0"],
  ])("%s: the first node is called %s", async (flags, name) => {
    const finished = await quorate([
      ..."maelstrom test -w echo --time-limit 1 --on sim --seed 5 --json --bin".split(" "),
      resolve(import.meta.dirname, "../../fixtures/nodes/loud-echo.ts"),
      ...flags.split(" "),
      "--out",
      runsFolder(),
    ]);
    expect(documentOf(finished)["steps"]).toContainEqual(
      expect.stringContaining(`through ${name} `),
    );
    const overridden = "--nodes n1,n2 has no effect: --node-count 1 overrides it, as in Maelstrom.";
    expect(finished.stderr.includes(overridden)).toBe(flags.includes("--nodes n1,n2"));
  });

  it("gives requests to nodes for as long as --time-limit says, also to slow ones", async () => {
    const finished = await quorate([
      ..."maelstrom test -w echo --node-count 2 --time-limit 1 --rate 40 --seed 5 --json".split(
        " ",
      ),
      "--bin",
      resolve(import.meta.dirname, "../../fixtures/nodes/slow-echo.ts"),
      "--out",
      runsFolder(),
    ]);
    const { verdict, operations } = documentOf(finished);
    expect(verdict).toBe("valid");
    expect(operations).toBeGreaterThan(1);
    expect(operations).toBeLessThan(20);
    expect(finished.stderr).toContain(`${40 - Number(operations)} planned requests left out`);
  });

  it.each([
    [
      "--nodes n1,n1",
      'expected --nodes to be 1 to 99 different names with commas between them; got "n1,n1"',
    ],
    ["--nodes n1,,n2", 'got "n1,,n2". Say for example --nodes n1,n2,n3'],
    ["--nodes ,", 'got ","'],
    ["--nemesis partitoin", "expected --nemesis to be one of partition, kill"],
    ["--nemesis partitoin", 'got "partitoin". Say for example --nemesis partition'],
    ["--nemesis limit", "expected --nemesis with at least one kind"],
    ["--test-count 0", "expected --test-count to be a whole number"],
    ["--topology tree", 'got "tree". Say for example --topology tree2'],
  ])("%s is refused with its own name and an example", async (flags, message) => {
    const { status, stderr } = await quorate([
      ..."maelstrom test -w echo --time-limit 1".split(" "),
      ...["--bin", bin, "--out", runsFolder()],
      ...flags.split(" "),
    ]);
    expect(status).toBe(64);
    expect(stderr).toContain(message);
  });

  it("a node that breaks the protocol is a broken promise, and no failure of the environment", async () => {
    const finished = await quorate([
      ..."maelstrom test -w echo --node-count 1 --time-limit 1 --json --bin /usr/bin/yes".split(
        " ",
      ),
      ...["--out", runsFolder()],
    ]);
    expect(finished.status).toBe(1);
    expect(documentOf(finished)).toMatchObject({
      verdict: "invalid",
      error: { code: "not-a-message" },
    });
  });

  it("runs quorate's own workloads too, also those that other operations make", async () => {
    const finished = await pasted("-w set --time-limit 1 --rate 10 --node-count 1", "lin-kv");
    expect(finished.status).toBe(0);
  });

  it.each([
    ["that breaks the protocol", "answered-twice", answersTwice],
    ["that leaves processes behind", "node-left-processes", `${echoes} ${leavesDaemon}`],
  ])("the error of a node %s is the verdict of each output", async (_, code, program) => {
    const out = runsFolder();
    const [junit, summary] = [join(out, "junit.xml"), join(out, "step.md")];
    const finished = await quorate(
      [
        ..."run --target maelstrom --workload echo --histories 2 --jobs 1 --nodes 1 --json".split(
          " ",
        ),
        ...["--bin", programs.node(program), "--out", join(out, "runs"), "--junit", junit],
      ],
      { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary },
    );
    expect(finished.status).toBe(1);
    expect(documentOf(finished)).toMatchObject({
      verdict: "invalid",
      error: { code },
    });
    expect(finished.stderr).toMatch(new RegExp(`^::error title=.*::${code}: `, "im"));
    const run = join(out, "runs", readdirSync(join(out, "runs"))[0] ?? "");
    const files = ["report.html", "summary.md", "campaign.json"].map((name) => join(run, name));
    const text = (file: string): string => readFileSync(file, "utf8");
    for (const file of [...files, junit, summary])
      expect(text(file)).toMatch(new RegExp(`${code}: `, "i"));
    expect(JSON.parse(text(join(run, "campaign.json")))).toMatchObject({
      verdict: "invalid",
      reasons: expect.arrayContaining([expect.stringMatching(new RegExp(`^${code}: `))]),
      nodeFault: expect.stringMatching(new RegExp(`^${code}: `)),
    });
    expect(text(junit)).toContain('<testsuites name="quorate" tests="1" failures="1" errors="0"');
    for (const file of [summary, join(run, "summary.md")])
      expect(text(file)).toMatch(/^## ✕ quorate: invalid/);
    expect(text(join(run, "report.html"))).toContain('<header class="verdict invalid"');
    const again = await quorate(["report", run, "--json"]);
    expect(documentOf(again)).toMatchObject({ verdict: "invalid", differences: [] });
  });

  it("the error of a node in one shard is the verdict of the merged run", async () => {
    const out = runsFolder();
    const bin = programs.node(answersTwice);
    for (const shard of ["1/2", "2/2"])
      await quorate([
        ..."run --target maelstrom --workload echo --histories 2 --jobs 1 --nodes 1 --seed 1".split(
          " ",
        ),
        ...["--bin", bin, "--shard", shard, "--out", join(out, shard.replace("/", "of"))],
      ]);
    const merged = await quorate([
      ...["merge", join(out, "1of2"), join(out, "2of2"), "--json", "--out", join(out, "merged")],
    ]);
    expect(merged.status).toBe(1);
    expect(documentOf(merged)).toMatchObject({
      verdict: "invalid",
      sentence: expect.stringMatching(
        /^shard 1 of 2: answered-twice: .*; shard 2 of 2: answered-twice: /,
      ),
    });
  });
});
