/** Interrupts a run with local nodes twice, so that it stops at once. No process of its nodes may be left. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { echoes, leavesDaemon, makePrograms } from "../platforms/process/programs.ts";
import { runsFolder } from "./support.ts";

const command = resolve(import.meta.dirname, "../../../dist/quorate.js");
const programs = makePrograms();
afterAll(() => programs.remove());

/** The ids that the daemons of all nodes below the temporary folder wrote. */
const daemons = (temporary: string): readonly number[] =>
  readdirSync(temporary, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("/daemon"))
    .map((path) => Number(readFileSync(join(temporary, path), "utf8")))
    .filter((id) => id > 0);

/** Whether the process runs: a killed one may stay as a zombie whose command line is empty. */
const runs = (id: number): boolean =>
  existsSync(`/proc/${id}/cmdline`) && readFileSync(`/proc/${id}/cmdline`, "utf8") !== "";

describe.skipIf(process.platform !== "linux")("a run that is interrupted twice", () => {
  it("stops at once, says so, and ends daemons of its nodes too", async () => {
    const temporary = runsFolder();
    const bin = programs.node(`${echoes} ${leavesDaemon}`);
    const flags = "--target maelstrom --workload echo --faults none --operations 5000 --jobs 1";
    const run = spawn(
      process.execPath,
      [command, "run", ...flags.split(" "), "--bin", bin, "--out", join(temporary, "runs")],
      { env: { ...process.env, TMPDIR: temporary }, stdio: ["ignore", "pipe", "pipe"] },
    );
    let said = "";
    run.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    run.stdout.on("data", (chunk: Buffer) => {
      if (chunk.includes("Interrupt again")) run.kill("SIGINT");
    });
    while (daemons(temporary).length < 3 && run.exitCode === null) await delay(20);
    const ids = daemons(temporary);
    expect(ids.map(runs)).toEqual([true, true, true]);
    run.kill("SIGINT");
    const [status] = (await once(run, "close")) as [number];
    expect(said).toContain("stopped at once; quorate clean removes what is left");
    expect(status).toBe(130);
    while (ids.some(runs)) await delay(20);
  });
});
