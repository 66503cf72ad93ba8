/**
 * Tests runs with nodes of the user in the simulator. Their code is somebody else's: whatever it does, the command must
 * end, say what happened, and leave no temporary folder.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runApart } from "../../../harness/cli/apart.ts";
import { documentOf, type Finished, quorate, runsFolder } from "./support.ts";

const command = resolve(import.meta.dirname, "../../../dist/quorate.js");

let folder = "";
/** The folder that the command uses for temporary folders. */
let temporary = "";
beforeEach(() => {
  folder = runsFolder();
  temporary = join(folder, "temporary");
  mkdirSync(temporary);
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (source: string): string => {
  const file = join(folder, "node.ts");
  writeFileSync(file, `import { runNode } from "quorate/node";\n${source}\n`);
  return file;
};

const argsFor = (bin: string, ...more: readonly string[]): readonly string[] => [
  "run",
  ...["--target", "maelstrom", "--workload", "echo", "--on", "sim", "--bin", bin],
  ...["--seed", "1", "--no-shrink", "--out", join(folder, "runs"), ...more],
];

const runNodes = (bin: string, ...more: readonly string[]): Promise<Finished> =>
  quorate(argsFor(bin, "--histories", "5", ...more), { TMPDIR: temporary });

const echoes =
  'export default runNode((node) => node.on("echo", (message) => node.reply(message, { type: "echo_ok", echo: message.body["echo"] })));';
const echoesWrong =
  'export default runNode((node) => node.on("echo", (message) => node.reply(message, { type: "echo_ok", echo: "no" })));';

const loops = 'export default runNode((node) => node.on("echo", () => { for (;;); }));';

/** With and without threads. */
const jobs = [
  ["--jobs", "1"],
  ["--jobs", "3"],
] as const;

describe("a run with simulated nodes", () => {
  it.each(jobs)("leaves no temporary folder, whatever its verdict (%s %s)", async (...more) => {
    expect(await runNodes(write(echoes), ...more)).toMatchObject({ status: 0 });
    expect(await runNodes(write(echoesWrong), ...more)).toMatchObject({ status: 1 });
    expect(readdirSync(temporary)).toEqual([]);
  });

  it.each([
    ["--jobs", "1", 1, [2]],
    ["--jobs", "3", 1, [2]],
    // The run may end before the second signal arrives.
    ["--jobs", "1", 2, [2, 130]],
    ["--jobs", "3", 2, [2, 130]],
  ] as const)(
    "leaves no temporary folder when interrupted (%s %s, %i times)",
    async (flag, count, times, statuses) => {
      const args = argsFor(write(echoes), "--histories", "1000000", flag, count);
      const run = spawn(process.execPath, [command, ...args], {
        env: { ...process.env, CI: "", TMPDIR: temporary },
        stdio: ["ignore", "pipe", "pipe"],
      });
      run.stderr.resume();
      run.stdout.on("data", (chunk: Buffer) => {
        if (times === 2 && chunk.includes("Interrupt again")) run.kill("SIGINT");
      });
      const ended = once(run, "close") as Promise<[number]>;
      // The folder of runs is created once the node's code was loaded.
      await expect.poll(() => readdirSync(folder)).toContain("runs");
      await expect.poll(() => readdirSync(temporary)).not.toEqual([]);
      run.kill("SIGINT");
      expect(statuses).toContain((await ended)[0]);
      expect(readdirSync(temporary)).toEqual([]);
    },
  );

  it.each(jobs)("can be interrupted in an endless loop (%s %s)", async (...more) => {
    const run = spawn(process.execPath, [command, ...argsFor(write(loops), ...more)], {
      env: { ...process.env, CI: "", TMPDIR: temporary },
      stdio: "ignore",
    });
    const ended = once(run, "close") as Promise<[number]>;
    await expect.poll(() => readdirSync(folder)).toContain("runs");
    run.kill("SIGTERM");
    await delay(300);
    run.kill("SIGTERM");
    const statuses = more[1] === "1" ? [143] : [2, 143];
    expect(statuses).toContain((await ended)[0]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it.each([
    ["a handler", loops],
    ["its module", "for (;;);"],
  ])("is ended if %s never returns", async (_, source) => {
    await expect(
      runApart(argsFor(write(source)), "node", { silentS: 3, silentAfterSignalS: 3 }),
    ).rejects.toThrow(
      /^node-stuck: expected a node whose module and handlers return; got 3 s without a sign of life/,
    );
  });

  it("says each line once", async () => {
    const { stdout } = await quorate(
      [
        ...["maelstrom", "test", "-w", "echo", "--on", "sim", "--bin", write(echoes)],
        ...["--time-limit", "5", "--log-stderr", "--out", join(folder, "runs")],
      ],
      { TMPDIR: temporary },
    );
    expect(stdout.match(/^.*--log-stderr.*has no effect here.*$/gm)).toHaveLength(1);
    expect(stdout.match(/^Seed /gm)).toHaveLength(1);
  });

  it.each([
    [
      "its module",
      "process.exit(3);",
      /^quorate: node-exited: .*node\.ts, which calls process\.exit\(3\) while it is loaded\. Throw/m,
    ],
    [
      "its module, with status 0,",
      "process.exit(0);",
      /^quorate: node-exited: .*calls process\.exit\(0\) while/m,
    ],
    [
      "its module, which catches that,",
      `try { process.exit(3); } catch {} ${echoes}`,
      /^quorate: node-exited: .*calls process\.exit\(3\) while/m,
    ],
    [
      "its setup",
      "export default runNode(() => process.exit(3));",
      /^quorate: node-ended: expected n\d to go on running; got its end, with process\.exit\(3\), which the node's code called/m,
    ],
    [
      "a handler",
      'export default runNode((node) => node.on("echo", () => process.exit(0)));',
      /INVALID +n\d ended by itself[^]*with process\.exit\(0\), which the node's code called/,
    ],
    [
      "a handler that catches that",
      'export default runNode((node) => node.on("echo", () => { try { process.exit(3); } catch {} }));',
      /INVALID +n\d ended by itself[^]*with process\.exit\(3\), which the node's code called/,
    ],
    [
      "a timer of Node.js",
      'export default runNode((node) => node.on("echo", () => void setTimeout(() => process.exit(3), 0)));',
      /^quorate: node-exited: .*the node ended its thread/m,
    ],
  ])(
    "has status 1 and says so if %s calls process.exit, on threads too",
    async (_, source, says) => {
      const bin = write(source);
      for (const more of jobs) {
        const { status, stdout, stderr } = await runNodes(bin, ...more);
        expect(stdout + stderr).toMatch(says);
        expect(status).toBe(1);
      }
      expect(readdirSync(temporary)).toEqual([]);
    },
  );

  it("is replayed with the program at another path, from a token and from its folder", async () => {
    const bin = write(echoesWrong);
    const { run, replayAnywhere } = documentOf(await runNodes(bin, "--json"));
    const moved = join(folder, "moved.ts");
    renameSync(bin, moved);
    const token = String(replayAnywhere).split(" ").at(-1) ?? "";
    for (const what of [token, String(run)]) {
      const replay = ["replay", what, "--on", "sim", "--out", join(folder, "replays"), "--json"];
      const missing = await quorate(replay, { TMPDIR: temporary });
      expect(missing.stderr).toMatch(/^quorate: no-such-binary: .*--bin names another one/m);
      expect(missing.status).toBe(64);
      const again = await quorate([...replay, "--bin", moved], { TMPDIR: temporary });
      expect(documentOf(again)).toMatchObject({ verdict: "invalid", runs: 1, reproduced: 1 });
      expect(again.status).toBe(0);
    }
  });

  it("says the same on threads if a node's setup throws", async () => {
    const bin = write('export default runNode(() => { throw new Error("boom"); });');
    for (const more of jobs) {
      const { status, stderr } = await runNodes(bin, ...more);
      expect(stderr).toMatch(/^quorate: node-ended: .*threw: boom/m);
      expect(status).toBe(1);
    }
  });
});
