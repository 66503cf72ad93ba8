/** Tests that nodes which outlive their killed run are found by what they inherited. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  endStrays,
  forgetMark,
  killAbandonedNodes,
  makeMark,
  marked,
  markName,
  watchMark,
} from "../../../../harness/platforms/process/groups.ts";
import { ownSign } from "../../../../harness/sign-of-life.ts";

const stubborn = [process.execPath, "-e", "setInterval(() => {}, 1000); console.log('runs')"];
const start = ([program = "", ...args]: readonly string[], env: NodeJS.ProcessEnv) =>
  spawn(program, args, { env, stdio: ["ignore", "pipe", "ignore"] });

/** The sign of a process that does not exist: it has the id of this process, but another start time. */
const goneSign = (ownSign() ?? "").replace(/\d+$/, "1");

/** Makes the temporary folder of a cluster with this sign. */
function folderOf(sign: string): string {
  const folder = mkdtempSync(join(tmpdir(), "quorate-process-"));
  writeFileSync(join(folder, "process"), sign);
  return folder;
}

describe.skipIf(process.platform !== "linux")("a node whose run was killed", () => {
  it("is ended, and one whose run goes on is left alone", async () => {
    const [abandoned, living] = [`${goneSign} x`, makeMark().text].map((text) =>
      start(stubborn, { ...process.env, [markName]: text }),
    );
    if (abandoned === undefined || living === undefined) throw new Error("expected two processes");
    try {
      await Promise.all([abandoned, living].map(({ stdout }) => once(stdout, "data")));
      const ended = once(abandoned, "exit");
      expect(killAbandonedNodes()).toBeGreaterThanOrEqual(1);
      expect((await ended)[1]).toBe("SIGKILL");
      expect(living.exitCode ?? living.signalCode).toBeNull();
    } finally {
      for (const child of [abandoned, living]) child.kill("SIGKILL");
    }
  });

  it("is ended without any environment too, by its limit on file locks", async () => {
    const clusters = [goneSign, ownSign() ?? ""].map((sign) => {
      const mark = makeMark();
      const folder = folderOf(sign);
      watchMark(mark, folder);
      return { mark, folder, node: start(marked(stubborn, {}, mark, 3), {}) };
    });
    const [abandoned, living] = clusters;
    if (abandoned === undefined || living === undefined) throw new Error("expected two clusters");
    try {
      await Promise.all(clusters.map(({ node }) => once(node.stdout, "data")));
      const ended = once(abandoned.node, "exit");
      expect(killAbandonedNodes()).toBeGreaterThanOrEqual(1);
      expect((await ended)[1]).toBe("SIGKILL");
      expect(living.node.exitCode ?? living.node.signalCode).toBeNull();
      expect(await endStrays(living.mark)).toMatchObject([{ place: 3, node: undefined }]);
    } finally {
      for (const { mark, folder } of clusters) {
        forgetMark(mark);
        rmSync(folder, { recursive: true, force: true });
      }
    }
  });
});

describe.skipIf(process.platform !== "linux")("a marked command", () => {
  it("keeps its arguments, and variables whose names no shell could use", async () => {
    const env = { "a.b": "1 'x' \"y\"", PATH: process.env["PATH"] };
    const script = `console.log(JSON.stringify([process.env["a.b"], process.argv.slice(1)]))`;
    const args = [process.execPath, "-e", script, "--", "-x", "a  b", "$HOME", ""];
    const node = start(marked(args, env, makeMark()), env);
    expect(JSON.parse(String((await once(node.stdout, "data"))[0]))).toEqual([
      env["a.b"],
      ["-x", "a  b", "$HOME", ""],
    ]);
  });
});
