/** Interrupts commands with local nodes once, while they wait for the nodes: one signal must end that wait. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { makePrograms } from "../platforms/process/programs.ts";
import { runsFolder } from "./support.ts";

const command = resolve(import.meta.dirname, "../../../dist/quorate.js");
const programs = makePrograms();
afterAll(() => programs.remove());

/** The node writes the file `reached` into its folder. */
const isReached = `require("fs").writeFileSync("reached", "");`;
const answersNoInit = programs.node(`handlers.init = () => { ${isReached} };`);
const answersOnlyInit = programs.node(`handlers.read = () => { ${isReached} };`);

describe("a run that is interrupted once while its nodes start", () => {
  it.each([
    ["a node does not answer init", "SIGINT", answersNoInit],
    ["a node does not answer init", "SIGTERM", answersNoInit],
    ["no node is ready to serve", "SIGINT", answersOnlyInit],
  ] as const)("ends as interrupted: %s, %s", async (_, signal, bin) => {
    const temporary = runsFolder();
    const run = spawn(
      process.execPath,
      [
        ...[command, "run", "--target", "maelstrom", "--workload", "lin-kv", "--bin", bin],
        ...["--faults", "none", "--nodes", "1", "--jobs", "1", "--histories", "2"],
        // The run would wait for a day.
        ...["--set", "initTimeoutMs=86400000", "--set", "readyMs=86400000"],
        ...["--out", join(temporary, "runs")],
      ],
      { env: { ...process.env, TMPDIR: temporary }, stdio: ["ignore", "pipe", "pipe"] },
    );
    // If the test fails, a second signal ends the run and its nodes at once.
    onTestFinished(() => void (run.exitCode ?? run.kill("SIGINT")));
    let said = "";
    for (const stream of [run.stdout, run.stderr])
      stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const nodeWaits = (): boolean =>
      readdirSync(temporary, { recursive: true, encoding: "utf8" }).some((path) =>
        path.endsWith("/reached"),
      );
    while (!nodeWaits() && run.exitCode === null) await delay(20);
    run.kill(signal);
    const [status] = (await once(run, "close")) as [number | null];
    expect(said).toContain("Stopped by a signal");
    expect(said).not.toContain("no-answer");
    expect(status).toBe(2);
    // The folders of the nodes are gone. Only the run's own folder is left.
    expect(readdirSync(temporary)).toEqual(["runs"]);
  });
});
