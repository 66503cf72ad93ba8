/** The proof that the tester can fail: each planted bug breaks what its row names, its healthy twin breaks nothing. */
import { describe, expect, it } from "vitest";
import { bugs } from "../../store/index.ts";
import { docker } from "../support/docker.ts";
import { documentOf, quorate, runsFolder } from "./cli/support.ts";

const settingsOf = (bug: string): string[] => Object.entries(bugs[bug]?.settings ?? {}).flatMap(([name, value]) => ["--set", `${name}=${String(value)}`]);

async function hunt(on: "sim" | "docker", bug: string, histories: number): Promise<void> {
  const finished = await quorate(["run", "--on", on, "--bug", bug, ...settingsOf(bug), "--seed", "1", "--histories", String(histories), "--out", runsFolder(), "--json"]);
  const document = documentOf(finished);
  expect(finished.status, finished.stdout.slice(0, 2000) + finished.stderr).toBe(1);
  const guarantees = document["guarantees"] as Record<string, { promised: boolean; verdict: string }>;
  const broken = Object.entries(guarantees).filter(([, row]) => row.promised && row.verdict === "invalid").map(([name]) => name);
  expect(broken.filter((name) => (bugs[bug]?.breaks as readonly string[]).includes(name)), `broken: ${broken.join(", ")}`).not.toEqual([]);
}

async function twin(on: "sim" | "docker", bug: string, histories: number): Promise<void> {
  const finished = await quorate(["run", "--on", on, ...settingsOf(bug), "--seed", "1", "--histories", String(histories), "--out", runsFolder(), "--json"]);
  expect(finished.status, finished.stdout.slice(0, 2000) + finished.stderr).toBe(0);
}

describe.each(Object.keys(bugs))("planted bug %s", (bug) => {
  it("is found in the simulator", () => hunt("sim", bug, 100));
  it("has a healthy twin in the simulator", () => twin("sim", bug, 100));
  it.skipIf(docker.skip)(`is found in containers${docker.reason}`, () => hunt("docker", bug, 12), 600_000);
});

describe("the healthy store", () => {
  it.skipIf(docker.skip)(`keeps its promises in containers${docker.reason}`, () => twin("docker", "lww-arrival-order", 2), 600_000);
});
