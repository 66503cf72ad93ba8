/** Tests that each step of docs/tutorial-node.md has the effect that the text describes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { planAt } from "../../generators/index.ts";
import { attempt, brokenPromises } from "../../harness/campaign/index.ts";
import { openSimulator } from "../../harness/platforms/simulator/index.ts";
import { maelstrom } from "../../harness/targets/maelstrom/index.ts";
import type { Settings } from "../../generators/index.ts";

const folder = mkdtempSync(join(tmpdir(), "quorate-tutorial-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = readFileSync("docs/tutorial-node.md", "utf8");
/** The files of the tutorial, by name. */
const files = new Map(
  [...text.matchAll(/```ts\n\/\/ (\S+\.ts)\n(.*?)```/gs)].map(([, name = "", code = ""]) => [
    name,
    code,
  ]),
);
const register = readFileSync("examples/quorum-register/node.ts", "utf8");

function write(name: string, code: string): string {
  const file = join(folder, name);
  writeFileSync(file, code);
  return file;
}

const network = ["partition", "pause", "delay", "reorder", "loss", "message"];

interface Wishes {
  readonly workload: string;
  readonly faults?: readonly string[];
  readonly histories?: number;
  /** Runs no more histories once one has broken this guarantee. */
  readonly until?: string;
  readonly settings?: Settings;
}

/** The names of the guarantees that at least one of the histories broke. */
async function brokenBy(
  bin: string,
  { workload, faults = network, histories = 150, until, settings = {} }: Wishes,
): Promise<readonly string[]> {
  const cluster = openSimulator(maelstrom);
  const broken = new Set<string>();
  const options = {
    target: maelstrom,
    settings: maelstrom.parseSettings({ ...maelstrom.defaults, bin, ...settings }),
    swarmSettings: ["latencyMs"],
    workload,
    faults,
    claimed: [],
  };
  const isFound = (): boolean => until !== undefined && broken.has(until);
  for (let index = 0; index < histories && !isFound(); index++) {
    const { verdict } = await attempt(planAt(options, 21, index), cluster, { evidence: false });
    for (const name of brokenPromises(verdict)) broken.add(name);
  }
  await cluster.stop();
  return [...broken];
}

const step = (name: string): string => write(name, files.get(name) ?? "");

describe("the tutorial", () => {
  it("has all of its files", () => {
    expect([...files.keys()]).toEqual(["echo.ts", "local.ts", "everybody.ts", "majority.ts"]);
  });

  it("step 1 keeps its promise, and breaks it with other letters", async () => {
    const wishes = { workload: "echo", histories: 10 };
    expect(await brokenBy(step("echo.ts"), wishes)).toEqual([]);
    const loud = (files.get("echo.ts") ?? "").replace(
      'message.body["echo"] }',
      'String(message.body["echo"]).toUpperCase() }',
    );
    expect(await brokenBy(write("loud.ts", loud), wishes)).toEqual(["echo"]);
  });

  it.each(["local.ts", "everybody.ts", "majority.ts"])("%s is not linearizable", async (name) => {
    // majority.ts breaks it in one of some hundred histories.
    const wishes = { workload: "register", histories: 1_000, until: "linearizable" };
    expect(await brokenBy(step(name), wishes)).toContain("linearizable");
  });

  it("step 4 is regular", async () => {
    const settings = { consistency: "regular" };
    expect(await brokenBy(step("majority.ts"), { workload: "register", settings })).toEqual([]);
  });

  it("step 5 survives all that the network and kills do", async () => {
    const faults = [...network, "kill", "duplicate"];
    expect(
      await brokenBy(write("register.ts", register), { workload: "register", faults }),
    ).toEqual([]);
  });

  it("step 5 forgets what it acknowledged without its disk", async () => {
    const start = register.indexOf("  for (const entry of node.entries)");
    const end = register.indexOf("\n  }\n", start) + 5;
    expect(start).toBeGreaterThan(0);
    const forgetful = register.slice(0, start) + register.slice(end);
    expect(
      await brokenBy(write("forgetful.ts", forgetful), { workload: "register", faults: ["kill"] }),
    ).toContain("linearizable");
  });
});
