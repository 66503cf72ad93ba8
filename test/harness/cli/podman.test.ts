/** Tests that a run can use Podman's Docker API, with the socket of Podman's service as DOCKER_HOST. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documentOf, quorate, runsFolder } from "./support.ts";

/** Why Podman cannot be tested on this machine, or null if it can. */
const missing =
  process.getuid?.() !== 0
    ? "root is needed for networks between its containers"
    : spawnSync("podman", ["--version"]).status === 0
      ? null
      : "no podman in the path";

describe.skipIf(missing !== null)(
  `a run in Podman's containers${missing === null ? "" : ` (skipped: ${missing})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "quorate-podman-"));
    const socket = join(folder, "podman.sock");
    const environment = { DOCKER_HOST: `unix://${socket}` };
    let service: ChildProcess | undefined;

    beforeAll(async () => {
      service = spawn("podman", ["system", "service", "--time=0", `unix://${socket}`], {
        stdio: "ignore",
      });
      while (!existsSync(socket)) await sleep(50);
    });
    afterAll(() => {
      service?.kill();
      rmSync(folder, { recursive: true, force: true });
    });

    it("is named by doctor, with what it cannot do", async () => {
      const { stdout } = await quorate(["doctor"], environment);
      expect(stdout).toMatch(/✓ engine: Podman engine \d+\.\d+\.\d+ answered/);
      expect(stdout).toMatch(/✓ faults [^:]*\bpartition, kill, pause\b[^:]*: possible/);
    });

    it("keeps its promises under partitions, kills and pauses, and leaves nothing behind", async () => {
      const finished = await quorate(
        [
          ...["run", "--on", "docker", "--histories", "2", "--seed", "1"],
          ...["--faults", "partition,kill,pause", "--out", runsFolder(), "--json"],
        ],
        environment,
      );
      expect(finished.status, finished.stderr).toBe(0);
      expect(documentOf(finished)).toMatchObject({ verdict: "valid" });
      const left = execFileSync("podman", [
        ...["ps", "--all", "--format", "{{.Names}}", "--filter", "name=quorate-"],
      ]);
      expect(left.toString()).toBe("");
    });
  },
);
