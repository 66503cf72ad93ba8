/**
 * Interrupts a run with a real store at any stage: while it creates machines, starts nodes, runs histories, or waits
 * for repair. Nothing may be left behind.
 */
import { execFile, spawn } from "node:child_process";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { EnvironmentError } from "../../../harness/errors.ts";
import { getEtcd } from "../../../harness/targets/etcd/software.ts";
import { docker } from "../../support/docker.ts";
import { runsFolder } from "./support.ts";

const command = resolve(import.meta.dirname, "../../../dist/quorate.js");

/** The number of runs to interrupt. For a thorough test, set QUORATE_TEST_INTERRUPTS to 20. */
const interrupts = Number(process.env["QUORATE_TEST_INTERRUPTS"] ?? "4");
/** The store to test. `cassandra` takes longer than `etcd`. */
const target = process.env["QUORATE_TEST_INTERRUPTED"] ?? "etcd";
/** The longest time from the first container to the interrupt. By then some histories have run. */
const spreadMs = target === "cassandra" ? 60_000 : 12_000;

const lack = await getEtcd({ say: () => {} }).then(
  () => "",
  (error: unknown) => {
    if (error instanceof EnvironmentError) return ` (${error.message})`;
    throw error;
  },
);

const run = promisify(execFile);

/** The names of all containers, networks and volumes in the engine that have a label of process `pid`. */
async function madeBy(pid: number): Promise<readonly string[]> {
  const lists = [
    ["ps", "--all", "--format", '{{.Names}} {{.Label "quorate.process"}}'],
    ["network", "ls", "--format", '{{.Name}} {{.Label "quorate.process"}}'],
    ["volume", "ls", "--format", '{{.Name}} {{.Label "quorate.process"}}'],
  ];
  const found = await Promise.all(lists.map((words) => run("docker", words)));
  return found
    .flatMap(({ stdout }) => stdout.split("\n"))
    .filter((line) => line.split("/")[2] === String(pid));
}

describe.skipIf(docker.skip || lack !== "")(
  `an interrupted run of ${target}${docker.reason}${lack}`,
  () => {
    it.each(Array.from({ length: interrupts }, (_, turn) => turn))(
      "leaves nothing, turn %i",
      async (turn) => {
        const child = spawn(
          process.execPath,
          [
            command,
            "run",
            ...["--target", target, "--on", "docker", "--histories", "1000"],
            ...["--out", runsFolder()],
          ],
          { stdio: "ignore" },
        );
        const pid = child.pid ?? 0;
        const ended = new Promise<number | null>((end) => child.on("close", end));
        // Waits until the run has created something: an earlier interrupt would test nothing.
        while ((await madeBy(pid)).length === 0 && child.exitCode === null) await delay(50);
        await delay((spreadMs * (turn + Math.random())) / interrupts);
        expect(child.exitCode).toBeNull();
        child.kill("SIGINT");
        // The verdict is unknown, since the run was stopped early.
        expect(await ended).toBe(2);
        expect(await madeBy(pid)).toEqual([]);
      },
    );
  },
);
