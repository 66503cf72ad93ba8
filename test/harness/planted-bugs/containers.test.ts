/**
 * Tests some planted bugs, and the healthy store, in containers. Containers run in real time, so the same seed does not
 * always find a bug in the same history: merge-of-first has once taken 4 histories, and once more than 14.
 */
import { expect, it } from "vitest";
import { docker } from "../../support/docker.ts";
import { documentOf, quorate, runsFolder } from "../cli/support.ts";

const hunt = (...more: readonly string[]): ReturnType<typeof quorate> =>
  quorate(["hunt", "--on", "docker", "--seed", "1", "--out", runsFolder(), "--json", ...more]);

it.skipIf(docker.skip).each(["merge-of-first", "ack-before-fsync", "lww-arrival-order"])(
  `%s is found${docker.reason}`,
  async (bug) => {
    const finished = await hunt(bug, "--max", "60", "--no-shrink");
    expect(finished.status, finished.stdout.slice(0, 2000) + finished.stderr).toBe(0);
    expect(documentOf(finished)["bugs"]).toMatchObject([{ bug, found: true }]);
  },
  600_000,
);

it.skipIf(docker.skip)(
  `the healthy store keeps its promises${docker.reason}`,
  async () => {
    const finished = await hunt("lww-arrival-order", "--control", "--max", "2");
    expect(finished.status, finished.stdout.slice(0, 2000) + finished.stderr).toBe(0);
    expect(documentOf(finished)["controlRuns"]).toMatchObject([{ histories: 2, alarms: [] }]);
  },
  600_000,
);
