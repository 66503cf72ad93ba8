import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ownSign } from "../../../harness/sign-of-life.ts";
import { quorate } from "./support.ts";

describe.skipIf(process.platform !== "linux")("quorate clean", () => {
  it("without an engine says that it could not look, and ends local nodes and removes folders", async () => {
    const folder = mkdtempSync(join(tmpdir(), "quorate-test-"));
    const bundle = join(folder, "quorate-bug-x");
    mkdirSync(bundle);
    writeFileSync(join(bundle, "process"), (ownSign() ?? "").replace(/\d+$/, "1"));
    const ofNodes = join(folder, "quorate-process-x");
    mkdirSync(ofNodes);
    writeFileSync(join(ofNodes, "process"), (ownSign() ?? "").replace(/\d+$/, "1"));
    const { status, stdout, stderr } = await quorate(["clean"], {
      DOCKER_HOST: "unix:///nowhere/docker.sock",
      TMPDIR: folder,
    });
    expect(status).toBe(70);
    expect(stderr).toMatch(
      /^quorate: no-docker-engine: .*0 processes of local nodes, 2 temporary folders were removed\. What runs left in an engine is still there/,
    );
    expect(stdout + stderr).not.toContain("nothing left to remove");
    expect([bundle, ofNodes].map(existsSync)).toEqual([false, false]);
  });
});
