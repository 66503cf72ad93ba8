import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ownSign } from "../../../harness/sign-of-life.ts";
import { quorate } from "./support.ts";

describe.skipIf(process.platform !== "linux")("quorate clean", () => {
  it("without an engine says that it could not look, and removes the bundles of bugs", async () => {
    const folder = mkdtempSync(join(tmpdir(), "quorate-test-"));
    const bundle = join(folder, "quorate-bug-x");
    mkdirSync(bundle);
    writeFileSync(join(bundle, "process"), (ownSign() ?? "").replace(/\d+$/, "1"));
    const { status, stdout, stderr } = await quorate(["clean"], {
      DOCKER_HOST: "unix:///nowhere/docker.sock",
      TMPDIR: folder,
    });
    expect(status).toBe(70);
    expect(stderr).toMatch(
      /^quorate: no-docker-engine: .*1 bundles of bugs were removed\. What runs left in an engine is still there/,
    );
    expect(stdout + stderr).not.toContain("nothing left to remove");
    expect(existsSync(bundle)).toBe(false);
  });
});
