/** What is thrown where nobody waits for it must not look like a broken promise, which is status 1. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
    expect(stderr).toContain("uncaught, in quorate or in code that it was given");
    expect(stderr).toContain("too late");
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
