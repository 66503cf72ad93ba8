/** Tests that files of earlier versions can still be read: a shrunk history of format /1, with a planted bug. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { quorate } from "./support.ts";

const out = mkdtempSync(join(tmpdir(), "quorate-test-former-"));
afterAll(() => rmSync(out, { recursive: true }));

it("a failure of an earlier version reproduces by what it broke, whatever its hash was", async () => {
  const replay = ["replay", "test/fixtures/former-history", "--out", out];
  const { status, stdout } = await quorate(replay);
  expect(stdout).toContain("Reproduced in 1 of 1 runs on sim");
  expect(stdout).toContain("one of these guarantees breaks again: acknowledged");
  expect(status).toBe(0);
});
