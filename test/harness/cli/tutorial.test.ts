/**
 * Tests the commands of the tutorial as a reader types them. The tutorial's own store and property are tested in
 * test/package.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { quorate, runsFolder } from "./support.ts";

const text = readFileSync(resolve(import.meta.dirname, "../../../docs/tutorial.md"), "utf8");
const commands = [...text.matchAll(/^npx quorate (.+)$/gm)].map(([, words = ""]) => words);

describe("the tutorial", () => {
  it("finds the planted bug, replays it from its folder, and finds nothing without the bug", async () => {
    const folder = runsFolder();
    const [find = "", replay = ""] = commands;
    const found = await quorate(find.split(" "), {}, "pipe", { folder });
    expect(found.status, found.stdout).toBe(1);
    expect(found.stdout).toContain("✕ INVALID");
    const [, run = ""] = /^ {2}replay +npx quorate replay (\S+)$/m.exec(found.stdout) ?? [];
    expect(readFileSync(join(folder, run, "report.html"), "utf8")).toContain('id="why"');
    expect(replay).toBe("replay runs/<the folder it named>");
    const again = await quorate(["replay", run], {}, "pipe", { folder });
    expect(again.status, again.stdout).toBe(0);
    const healthy = await quorate(find.replace(/--bug \S+ /, "").split(" "), {}, "pipe", {
      folder,
    });
    expect(healthy.status, healthy.stdout).toBe(0);
    expect(healthy.stdout).toContain("✓ VALID");
    expect(healthy.stdout).toMatch(/^ {2}again +npx quorate run .*--seed 11/m);
  });
});
