/** Tests which folders in the temporary folder belong to a killed process and may be removed. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeTemporaryFolder, removeAbandonedFolders } from "../../harness/temporary-folders.ts";
import { ownSign } from "../../harness/sign-of-life.ts";

const before = process.env["TMPDIR"];
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "quorate-test-"));
  process.env["TMPDIR"] = folder;
});
afterEach(() => {
  if (before === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = before;
  rmSync(folder, { recursive: true });
});

/** Makes a folder as a process with this sign of life would have left it. */
function left(name: string, sign: string | null): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, "bug.mjs"), "");
  if (sign !== null) writeFileSync(join(path, "process"), sign);
  return path;
}

describe.skipIf(process.platform !== "linux")("temporary folders", () => {
  const gone = (ownSign() ?? "").replace(/\d+$/, "1");

  it("are removed where their process is gone, and left where it lives or is not known", () => {
    const kept = [
      makeTemporaryFolder("process"),
      left("quorate-bug-old", null),
      left("other", gone),
    ];
    const abandoned = left("quorate-bug-abandoned", gone);
    expect(removeAbandonedFolders(false)).toBe(1);
    expect(existsSync(abandoned)).toBe(false);
    expect(kept.map(existsSync)).toEqual([true, true, true]);
  });

  it("are all removed where that is asked, and nothing else", () => {
    const removed = [makeTemporaryFolder("process"), left("quorate-bug-old", null)];
    const other = left("other", gone);
    expect(removeAbandonedFolders(true)).toBe(2);
    expect([...removed, other].map(existsSync)).toEqual([false, false, true]);
  });

  it("are no links to elsewhere", () => {
    const elsewhere = left("elsewhere", gone);
    symlinkSync(elsewhere, join(folder, "quorate-bug-link"));
    expect(removeAbandonedFolders(true)).toBe(0);
    expect(existsSync(join(elsewhere, "bug.mjs"))).toBe(true);
  });
});
