import { describe, expect, test } from "vitest";
import { parsePlan, planAt, type Plan, type PlanOptions } from "../../../generators/index.ts";
import { planSource } from "../../../harness/search/index.ts";
import { defaultSettings } from "../../../store/index.ts";
import { bundledPlans } from "../../../harness/targets/bundled/index.ts";

const options: PlanOptions = {
  target: bundledPlans,
  settings: defaultSettings,
  faults: ["partition", "kill", "pause", "clock"],
  workload: "register",
  claimed: [],
  swarmSettings: ["readRepair"],
};

/** The first `count` plans of a guided search. `featuresOf` decides which features each plan has. */
function plansOf(
  count: number,
  seed: number,
  featuresOf: (plan: Plan, index: number) => ReadonlySet<string>,
): Plan[] {
  const source = planSource("guided", options, seed);
  return Array.from({ length: count }, (_, index) => {
    const plan = source.plan(index);
    source.saw(index, featuresOf(plan, index));
    return plan;
  });
}
const everyOne = (_: Plan, index: number): ReadonlySet<string> => new Set([`feature ${index}`]);

describe("a guided search", () => {
  test("gives the same plans for the same seed and the same features, others for other features", () => {
    expect(plansOf(64, 5, everyOne)).toEqual(plansOf(64, 5, everyOne));
    expect(plansOf(64, 5, everyOne)).not.toEqual(
      plansOf(64, 5, (_, index) => new Set(index === 3 ? ["only this"] : [])),
    );
  });

  test("goes on from plans that did something new, in every other plan, and only after their batch", () => {
    const fresh = Array.from({ length: 64 }, (_, index) => planAt(options, 5, index));
    const guided = plansOf(64, 5, everyOne);
    guided.forEach((plan, index) => {
      if (index % 2 === 0 || index < 16) expect(plan).toEqual(fresh[index]);
    });
    expect(
      guided.filter((plan, index) => JSON.stringify(plan) !== JSON.stringify(fresh[index])).length,
    ).toBeGreaterThan(20);
    expect(plansOf(64, 5, () => new Set())).toEqual(fresh);
  });

  test("makes valid plans only, within the bounds of the generic campaign", () => {
    for (const plan of plansOf(400, 9, everyOne)) {
      expect(parsePlan(JSON.parse(JSON.stringify(plan)), bundledPlans)).toEqual(plan);
      // One plan in some hundreds is as large as this.
      expect(plan.operations.length).toBeLessThanOrEqual(1500);
      expect(plan.operations.some(({ f }) => f === "write")).toBe(true);
      expect(plan.settings.nodes).toBe(defaultSettings.nodes);
      expect(plan.faults.every(({ fault }) => options.faults.includes(fault.kind))).toBe(true);
    }
  });

  test("knows only the batch that it is at", () => {
    const source = planSource("guided", options, 1);
    expect(source.known()).toBe(16);
    expect(() => source.plan(16)).toThrow(RangeError);
    expect(() => source.saw(1, new Set())).toThrow(RangeError);
  });
});
