/** Tests that nodes which outlive their killed run are found by a mark in their environment. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import {
  killAbandonedNodes,
  makeMark,
  markName,
} from "../../../../harness/platforms/process/groups.ts";

const stubborn = (mark: string) =>
  spawn(process.execPath, ["-e", "setInterval(() => {}, 1000); console.log('runs')"], {
    env: { ...process.env, [markName]: mark },
    stdio: ["ignore", "pipe", "ignore"],
  });

describe.skipIf(process.platform !== "linux")("a node whose run was killed", () => {
  it("is ended, and one whose run goes on is left alone", async () => {
    // The mark has the id of this process but another start time. No such process exists.
    const goneMark = makeMark().replace(/\d+ /, "1 ");
    const [abandoned, living] = [stubborn(goneMark), stubborn(makeMark())];
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
});
