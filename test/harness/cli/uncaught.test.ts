/** Tests that an uncaught error does not end with status 1, which stands for a broken promise. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { quorate } from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "quorate-test-uncaught-"));
afterAll(() => rmSync(folder, { recursive: true }));

const manyRuns = ["run", "--on", "sim", "--histories", "100000", "--seed", "1"];

describe("code of a configuration", () => {
  it.each([
    ["throws in a timer", 'setTimeout(() => { throw new Error("too late"); }, 300);'],
    [
      "rejects a promise of nobody",
      'setTimeout(() => Promise.reject(new Error("too late")), 300);',
    ],
  ])("that %s ends the run with status 70 and one sentence", async (_, code) => {
    writeFileSync(join(folder, "quorate.config.mjs"), `${code}\nexport default {};`);
    const { status, stderr } = await quorate(manyRuns, {}, "pipe", { folder });
    expect(status).toBe(70);
    expect(stderr).toContain("an uncaught error, in quorate or in the user's code");
    expect(stderr).toContain("too late");
  });

  it.each([0, 1])("that ends the process with %i ends it with status 70", async (status) => {
    writeFileSync(join(folder, "quorate.config.mjs"), `process.exit(${status});`);
    const ended = await quorate(manyRuns, {}, "pipe", { folder });
    expect(ended.stderr).toBe("quorate: the process was ended before there was a verdict\n");
    expect(ended.status).toBe(70);
  });

  it("that leaves a timer open does not keep the process", async () => {
    writeFileSync(
      join(folder, "quorate.config.mjs"),
      "setInterval(() => {}, 1000);\nexport default {};",
    );
    const few = ["run", "--on", "sim", "--histories", "3", "--seed", "1"];
    expect((await quorate(few, {}, "pipe", { folder })).status).toBe(0);
  });
});

describe("a machine that refuses", () => {
  const command = resolve(import.meta.dirname, "../../../dist/quorate.js");
  /** Runs two histories in a shell, after the commands `before`. */
  const runAfter = (before: string): Promise<{ status: number | null; stderr: string }> =>
    new Promise((done) => {
      const words = ["run", "--on", "sim", "--histories", "2", "--seed", "1"];
      const child = execFile(
        "sh",
        ["-c", `${before}; exec "$@"`, "sh", process.execPath, command, ...words],
        { cwd: folder },
        (_, __, stderr) => done({ status: child.exitCode, stderr }),
      );
    });

  it.each([
    ["more than 20 open files", "ulimit -n 20", "too many open files"],
    ["more than 26 open files", "ulimit -n 26", "too many open files"],
    ["a working directory, which was deleted", "mkdir gone; cd gone; rmdir ../gone", "cwd"],
  ])("%s ends a run with status 70 and the reason", async (_, before, reason) => {
    const { status, stderr } = await runAfter(before);
    expect(stderr).toContain(reason);
    expect(status).toBe(70);
  });

  it("memory does not make it look as if a promise were broken", async () => {
    for (const kilobytes of [400_000, 700_000, 1_000_000])
      expect([1, 2], `${kilobytes} KB`).not.toContain(
        (await runAfter(`ulimit -v ${kilobytes}`)).status,
      );
  });
});
