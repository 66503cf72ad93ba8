import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  builtInKinds,
  keyName,
  kindOf,
  type Plan,
  type PlannedFault,
  planArbitrary,
} from "../../generators/index.ts";
import { nominalStartsMs } from "../../generators/timeline.ts";
import { bundledPlans } from "../../harness/targets/bundled/index.ts";
import { optionsWith } from "./support.ts";

const plansWith = (faults: readonly string[]): readonly Plan[] =>
  fc.sample(planArbitrary(optionsWith({ faults })), { seed: 5, numRuns: 300 });

const isChange = ({ fault }: PlannedFault): boolean => fault.kind === "membership";

/** The nodes that the fault stops or cuts off from others. */
const hinderedBy = ({ fault }: PlannedFault, plan: Plan): readonly number[] =>
  kindOf(builtInKinds, fault)
    .effects(fault, bundledPlans.facts(plan.settings))
    .flatMap((effect) =>
      effect.effect === "apart"
        ? [effect.from, effect.to]
        : effect.effect === "node-down"
          ? [effect.node]
          : [],
    );

/** Whether a replica is hindered until about a change begins, and its key is written meanwhile and read after that. */
function missesWriteBeforeChange(plan: Plan): boolean {
  const facts = bundledPlans.facts(plan.settings);
  const starts = nominalStartsMs(plan.operations);
  const some = (f: "read" | "other", key: number, fromMs: number, toMs: number): boolean =>
    plan.operations.some((operation, index) => {
      const startMs = starts[index] ?? 0;
      return (
        operation.key === key &&
        (operation.f === "read") === (f === "read") &&
        startMs >= fromMs &&
        startMs <= toMs
      );
    });
  const keys = [...new Set(plan.operations.map(({ key }) => key))];
  return plan.faults.filter(isChange).some((change) =>
    plan.faults.some((fault) => {
      const endMs = fault.atMs + fault.durationMs;
      if (isChange(fault) || Math.abs(endMs - change.atMs) > 100) return false;
      const hindered = hinderedBy(fault, plan);
      return keys.some(
        (key) =>
          facts.replicasOf(keyName(key, plan)).some((node) => hindered.includes(node)) &&
          some("other", key, fault.atMs, endMs) &&
          some("read", key, change.atMs, Infinity),
      );
    }),
  );
}

describe("plans with membership changes", () => {
  const plans = plansWith(["membership", "partition", "kill"]);

  it("often let a replica miss a write just before a change", () => {
    expect(plans.filter(missesWriteBeforeChange).length).toBeGreaterThan(plans.length / 8);
  });

  it("sometimes stop a node at an event of a change", () => {
    const atEvent = plans.filter((plan) =>
      plan.faults.some(
        ({ fault, when }) =>
          fault.kind === "kill" &&
          when !== undefined &&
          ["stream", "half-streamed", "ring-synced"].includes(when.event),
      ),
    );
    expect(atEvent.length).toBeGreaterThan(plans.length / 80);
  });

  it("sometimes begin two changes almost at the same time", () => {
    const atOnce = plans.filter((plan) => {
      const [first, second] = plan.faults.filter(isChange);
      return first !== undefined && second !== undefined && second.atMs - first.atMs < 10;
    });
    expect(atOnce.length).toBeGreaterThan(plans.length / 20);
  });

  it("keep the largest number of changes", () => {
    for (const plan of plans) expect(plan.faults.filter(isChange).length).toBeLessThanOrEqual(3);
  });
});
