import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planArbitrary } from "../../../generators/index.ts";
import { BrokenPromiseError, testPromises } from "../../../harness/suite/index.ts";
import { bundled } from "../../../harness/targets/bundled/index.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "quorate-suite-"));
const weak = {
  target: bundled,
  on: "sim",
  settings: { r: 1, w: 1 },
  faults: "none",
  promise: ["regular"],
  seed: 1,
  numRuns: 50,
} as const;

async function failureOf(options: Parameters<typeof testPromises>[0]): Promise<BrokenPromiseError> {
  const error: unknown = await testPromises(options).catch((thrown: unknown) => thrown);
  if (error instanceof BrokenPromiseError) return error;
  throw new Error("expected a broken promise", { cause: error });
}

describe("testPromises", () => {
  it("passes where every promise holds, and leaves no file", async () => {
    const out = folder();
    const result = await testPromises({ target: bundled, on: "sim", seed: 1, numRuns: 5, out });
    expect(result).toMatchObject({ histories: 5, seed: 1 });
    expect(readdirSync(out)).toEqual([]);
  });

  it("fails in at most 25 lines: sentence, guarantee, steps, replay and report", async () => {
    const out = folder();
    const { message, report, campaign } = await failureOf({ ...weak, out });
    const lines = message.split("\n");
    expect(lines.length).toBeLessThanOrEqual(25);
    expect(lines[0]).toBe(campaign.anomalies[0]?.explanation);
    expect(message).toMatch(/guarantee {2}regular: \S/);
    expect(message).toMatch(/1\. c\d.* through n\d/);
    expect(message).toMatch(/replay {5}npx quorate replay quorate:v2:\S+/);
    expect(message).toContain(report);
    expect(readFileSync(report, "utf8")).toContain("<html");
    expect(existsSync(join(out, readdirSync(out)[0] ?? "", "shrunk", "plan.json"))).toBe(true);
  });

  it("finds the smallest case again by the seed and path that it printed", async () => {
    const first = await failureOf({ ...weak, out: folder() });
    const [, path = ""] = /path: "([\d:]+)"/.exec(first.message) ?? [];
    const again = await failureOf({ ...weak, path, out: folder() });
    expect(again.campaign.anomalies).toEqual(first.campaign.anomalies);
    expect(again.campaign.histories).toHaveLength(1);
  });

  it("tells a reporter of fast-check's kind what was run", async () => {
    const heard: number[] = [];
    await testPromises({
      target: bundled,
      on: "sim",
      numRuns: 3,
      out: folder(),
      reporter: ({ numRuns }) => heard.push(numRuns),
    });
    expect(heard).toEqual([3]);
  });

  it("does not call a wrong configuration a broken promise", async () => {
    await expect(testPromises({ target: "nothing.ts", out: folder() })).rejects.toThrow(
      /nothing\.ts/,
    );
    await expect(
      testPromises({ ...weak, settings: { r: 99 }, out: folder() }),
    ).rejects.not.toBeInstanceOf(BrokenPromiseError);
  });
});

describe("a plan as fast-check's counterexample", () => {
  const plans = planArbitrary({
    ...weak,
    settings: bundled.defaults,
    faults: [],
    workload: "register",
    claimed: [],
  });

  it("prints as steps, drawn or shrunk", () => {
    const details = fc.check(
      fc.property(plans, ({ operations }) => operations.length < 3),
      { seed: 1 },
    );
    const text = fc.stringify(details.counterexample);
    expect(text).toMatch(/\n {2}1\. c\d .* through n\d\n/);
    expect(text).not.toContain('"quorate-plan/2"');
  });

  it("stays plain data", () => {
    const [plan] = fc.sample(plans, 1);
    expect(structuredClone(plan)).toEqual(plan);
    expect(Object.keys(plan ?? {})).toEqual(Object.keys(structuredClone(plan ?? {})));
  });
});
