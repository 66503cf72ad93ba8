import { describe, expect, it } from "vitest";
import { planAt } from "../../../generators/index.ts";
import { attempt, type Attempt } from "../../../harness/campaign/index.ts";
import { createSimCluster } from "../../../harness/platforms/simulator/index.ts";
import { matchers } from "../../../harness/suite/index.ts";
import { bundled } from "../../../harness/targets/bundled/index.ts";

const attempted = (settings: object, claimed: readonly "regular"[]): Promise<Attempt> =>
  attempt(
    planAt(
      {
        target: bundled,
        settings: { ...bundled.defaults, ...settings },
        faults: [],
        workload: "register",
        claimed,
      },
      1,
      0,
    ),
    createSimCluster(bundled),
    { evidence: true },
  );
const sound = await attempted({}, []);
const broken = await attempted({ r: 1, w: 1 }, ["regular"]);

describe("matchers of attempts", () => {
  it("tell a sound attempt from a broken one", () => {
    expect(matchers.toHold(sound).pass).toBe(true);
    expect(matchers.toBreak(sound).pass).toBe(false);
    expect(matchers.toHold(broken).pass).toBe(false);
    expect(matchers.toBreak(broken).pass).toBe(true);
    expect(matchers.toBreak(broken, "regular").pass).toBe(true);
    expect(matchers.toBreak(broken, "durable").pass).toBe(false);
    expect(matchers.toBeJudged(broken).pass).toBe(true);
  });

  it("take a verdict as well", () => {
    expect(matchers.toBreak(broken.verdict, "regular").pass).toBe(true);
  });

  it("call an unknown verdict not judged, and not broken", () => {
    const verdict = {
      ...sound.verdict,
      verdict: "unknown" as const,
      reasons: ["n1 did not start"],
    };
    expect(matchers.toBeJudged(verdict).pass).toBe(false);
    expect(matchers.toBeJudged(verdict).message()).toContain("n1 did not start");
    expect(matchers.toHold(verdict).pass).toBe(true);
  });

  it("print the anomaly, not the attempt", () => {
    const said = matchers.toHold(broken).message();
    expect(said).toContain(broken.verdict.guarantees["regular"]?.anomalies[0]?.explanation);
    expect(said.split("\n").length).toBeLessThan(10);
  });

  it("refuse a guarantee that no checker has, and what is no attempt", () => {
    expect(() => matchers.toBreak(broken, "durabel")).toThrow(/expected one of .*durable/);
    expect(() => matchers.toHold({} as never)).toThrow(/expected an attempt/);
  });
});
