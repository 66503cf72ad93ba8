/** Interrupts commands with local nodes once, while they wait for the nodes: one signal must end that wait. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { echoPlan, makePrograms } from "../platforms/process/programs.ts";
import { runsFolder } from "./support.ts";

const command = resolve(import.meta.dirname, "../../../dist/quorate.js");
const programs = makePrograms();
afterAll(() => programs.remove());

/** The node writes the file `reached` into its folder. */
const isReached = `require("fs").writeFileSync("reached", "");`;
const answersNoInit = programs.node(`handlers.init = () => { ${isReached} };`);
const answersNoRead = programs.node(`handlers.read = () => { ${isReached} };`);
const answersNoEcho = programs.node(`handlers.echo = () => { ${isReached} };`);

const dayMs = 86_400_000;

interface Interrupted {
  readonly status: number | null;
  /** All that the command wrote to its standard output and error. */
  readonly said: string;
  /** The folder of the one run or replay. */
  readonly run: string;
}

/**
 * Runs the command until a node has written the file `reached`, sends the command one signal, and waits for its end.
 * Expects that the command leaves nothing but the folder of its runs.
 */
async function interrupted(
  args: readonly string[],
  signal: NodeJS.Signals = "SIGINT",
): Promise<Interrupted> {
  const temporary = runsFolder();
  const out = join(temporary, "runs");
  const child = spawn(process.execPath, [command, ...args, "--out", out], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // If the command still runs when the test ends, one more signal ends the command and its nodes at once.
  onTestFinished(() => void (child.exitCode ?? child.kill("SIGINT")));
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const isWaiting = (): boolean =>
    readdirSync(temporary, { recursive: true, encoding: "utf8" }).some((path) =>
      path.endsWith("/reached"),
    );
  while (!isWaiting() && child.exitCode === null) await delay(20);
  child.kill(signal);
  const [status] = (await once(child, "close")) as [number | null];
  expect(readdirSync(temporary)).toEqual(["runs"]);
  const [run = ""] = readdirSync(out);
  return { status, said, run: join(out, run) };
}

const runOf = (workload: string, bin: string): readonly string[] => [
  ...["run", "--target", "maelstrom", "--workload", workload, "--bin", bin],
  ...["--faults", "none", "--nodes", "1", "--jobs", "1", "--histories", "2", "--seed", "1"],
  ...["--set", `initTimeoutMs=${dayMs}`, "--set", `readyMs=${dayMs}`],
  ...["--set", `timeoutMs=${dayMs}`],
];

describe("a run that is interrupted once while its nodes start", () => {
  it.each([
    ["a node does not answer init", "SIGINT", answersNoInit],
    ["a node does not answer init", "SIGTERM", answersNoInit],
    ["no node is ready to serve", "SIGINT", answersNoRead],
  ] as const)("ends as interrupted: %s, %s", async (_, signal, bin) => {
    const { status, said } = await interrupted(runOf("lin-kv", bin), signal);
    expect(said).toContain("Stopped by a signal");
    expect(said).not.toContain("no-answer");
    expect(status).toBe(2);
  });
});

describe("a run that is interrupted inside a history", () => {
  it("does not count that history, and offers to go on in place of a replay", async () => {
    const { status, said, run } = await interrupted(runOf("echo", answersNoEcho));
    const resume = `npx quorate run --resume ${run}`;
    expect(status).toBe(2);
    expect(said).toContain("0 of 2 histories");
    expect(said).toContain(resume);
    expect(said).not.toContain("quorate replay");
    expect(readdirSync(run)).toContain("resume.json");
    const summary = readFileSync(join(run, "summary.md"), "utf8");
    expect(summary).toContain(`Go on with the stopped run:\n\n\`\`\`sh\n${resume}\n`);
    expect(summary).not.toMatch(/quorate replay|the failure again/);
    const campaign: unknown = JSON.parse(readFileSync(join(run, "campaign.json"), "utf8"));
    expect(campaign).toMatchObject({ resume, histories: [], verdict: "unknown" });
  });
});

describe("a replay that is interrupted inside a run", () => {
  it("does not count that run, and says that it was stopped", async () => {
    const plan = echoPlan(answersNoEcho);
    const file = join(runsFolder(), "plan.json");
    writeFileSync(
      file,
      JSON.stringify({ ...plan, settings: { ...plan.settings, timeoutMs: dayMs } }),
    );
    const { status, said, run } = await interrupted(["replay", file, "--on", "process"]);
    expect(status).toBe(2);
    expect(said).toContain("Stopped by a signal after 0 of 3 runs.");
    expect(said).not.toContain("Reproduced in");
    expect(JSON.parse(readFileSync(join(run, "replay.json"), "utf8"))).toMatchObject({
      runs: 0,
      reproduced: 0,
      verdict: "unknown",
      interrupted: "stopped by a signal after 0 of 3 runs",
    });
  });
});
