import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planArbitrary, planAt, planSize as sizeOf } from "../../generators/index.ts";
import type { Plan, PlanOptions } from "../../generators/index.ts";
import { resolveOptions } from "../../generators/options.ts";
import { isSmaller as isSmallerUnder } from "../../generators/shrink/measure.ts";
import { bundledPlans } from "../../harness/targets/bundled/index.ts";
import { maelstrom } from "../../harness/targets/maelstrom/index.ts";
import { stepsOf } from "../../generators/workloads/transactions.ts";
import { nominalStartsMs } from "../../generators/timeline.ts";
import { builtIn, optionsWith, parse, siblings, smallPlan } from "./support.ts";

const everything = optionsWith({
  swarmSettings: [
    "readRepair",
    "stamps",
    "antiEntropy",
    "antiEntropyIntervalMs",
    "hints",
    "quorums",
    "sync",
    "r",
    "w",
  ],
});

const planSize = (plan: Plan) => sizeOf(plan, bundledPlans);
const isSmaller = (a: Plan, b: Plan) => isSmallerUnder(a, b, resolveOptions(everything));

/** Whether a client writes a key while a node is isolated, and another client reads that key later. */
function readAfterWriteInIsolation(plan: Plan): boolean {
  const starts = nominalStartsMs(plan.operations);
  const startOf = (index: number) => starts[index] ?? 0;
  const isolations = plan.faults.filter((planned) => {
    const fault = builtIn(planned.fault);
    return fault.kind === "partition" && fault.partition.shape === "isolate";
  });
  return isolations.some(({ atMs, durationMs }) =>
    plan.operations.some(
      (write, i) =>
        write.f === "write" &&
        startOf(i) >= atMs &&
        startOf(i) < atMs + durationMs &&
        plan.operations.some(
          (read, j) =>
            read.f === "read" &&
            read.key === write.key &&
            read.client !== write.client &&
            startOf(j) > startOf(i),
        ),
    ),
  );
}

/**
 * Whether one fault kills at least two nodes, and one client puts one key three times, the last time with a context.
 */
function thriceAndTwoKilled(plan: Plan): boolean {
  return (
    plan.faults
      .map(({ fault }) => builtIn(fault))
      .some((fault) => fault.kind === "kill" && fault.nodes.length >= 2) &&
    plan.operations.some(
      (last, i) =>
        last.carry === true &&
        plan.operations.filter(
          (put, j) =>
            j < i && put.f === "write" && put.client === last.client && put.key === last.key,
        ).length >= 2,
    )
  );
}

function shrunk(
  options: PlanOptions,
  fails: (plan: Plan) => boolean,
  params: fc.Parameters<[Plan]>,
): Plan {
  const result = fc.check(
    fc.property(planArbitrary(options), (plan) => !fails(plan)),
    params,
  );
  const plan = result.counterexample?.[0];
  if (!plan) throw new Error("expected some plan to fail, none did: the predicate is too rare");
  return plan;
}

describe("shrinking through fc.check ends at the smallest plan", () => {
  it.each([1, 2, 3, 4, 5])("of a write in an isolation and a read, seed %i", (seed) => {
    const plan = shrunk(everything, readAfterWriteInIsolation, { seed, numRuns: 1000 });
    expect(planSize(plan)).toEqual({ operations: 2, faults: 1, clients: 2, keys: 1, nodes: 3 });
    expect(plan.faults[0]).toMatchObject({ atMs: 0, durationMs: 1 });
    expect(plan.operations.map(({ afterMs }) => afterMs).toSorted()).toEqual([0, 1]);
    expect(plan.settings).toMatchObject({
      readRepair: "off",
      stamps: "wall",
      antiEntropyIntervalMs: 500,
    });
    expect(Object.keys(plan.operations[0] ?? {}).toSorted()).toEqual([
      "afterMs",
      "client",
      "f",
      "key",
      "node",
    ]);
  });

  it.each([1, 2, 3])("of three puts and two nodes killed, seed %i", (seed) => {
    const plan = shrunk(siblings, thriceAndTwoKilled, { seed, numRuns: 1000 });
    expect(planSize(plan)).toEqual({ operations: 3, faults: 1, clients: 1, keys: 1, nodes: 3 });
    expect(plan.faults[0]?.fault).toMatchObject({
      kind: "kill",
      nodes: [expect.any(Number), expect.any(Number)],
    });
    expect(plan.operations.filter(({ carry }) => carry === true)).toHaveLength(1);
  });

  it("of a plan that was loaded, not drawn", () => {
    const loaded = Array.from({ length: 1000 }, (_, index) => planAt(everything, 77, index)).find(
      readAfterWriteInIsolation,
    );
    if (!loaded) throw new Error("expected a plan that fails");
    const plan = shrunk(everything, readAfterWriteInIsolation, {
      examples: [[parse(JSON.parse(JSON.stringify(loaded)))]],
      numRuns: 1,
    });
    expect(planSize(plan)).toEqual({ operations: 2, faults: 1, clients: 2, keys: 1, nodes: 3 });
  });

  it("keeps a step that only fails together with all others: nothing is dropped that is needed", () => {
    const original = planAt(siblings, 5, 3);
    const plan = shrunk(
      siblings,
      (candidate) =>
        planSize(candidate).operations === planSize(original).operations &&
        candidate.faults.length === original.faults.length,
      {
        examples: [[original]],
        numRuns: 1,
      },
    );
    expect(planSize(plan)).toMatchObject({
      operations: original.operations.length,
      faults: original.faults.length,
      nodes: 3,
    });
  });

  it("gets to a plan that fails in another world only", () => {
    const original = planAt(siblings, 5, 0);
    const fails = (plan: Plan) => plan.worldSeed !== original.worldSeed || plan === original;
    expect(shrunk(siblings, fails, { examples: [[original]], numRuns: 1 }).operations).toHaveLength(
      0,
    );
    expect(shrunk({ ...siblings, worlds: 0 }, fails, { examples: [[original]], numRuns: 1 })).toBe(
      original,
    );
  });

  it("gets far where many operations are there for the schedule they make: none can be missed in this world, few worlds do with half of them", () => {
    const original = planAt(siblings, 5, 0);
    const needed = original.operations.length;
    expect(needed).toBeGreaterThan(8);
    const fails = (plan: Plan) =>
      plan === original ||
      (plan.operations.length <= needed / 2 &&
        plan.operations.length > 0 &&
        plan.worldSeed % 16 === 3);
    expect(
      shrunk(siblings, fails, { examples: [[original]], numRuns: 1 }).operations.length,
    ).toBeLessThanOrEqual(needed / 2);
  });
});

describe("every candidate", () => {
  const arbitrary = planArbitrary(everything);
  const plans = [
    smallPlan,
    ...Array.from({ length: 12 }, (_, index) =>
      planAt(index % 2 ? everything : siblings, 3, index),
    ),
  ];

  it("is valid and strictly smaller", () => {
    for (const plan of plans) {
      const all = [...arbitrary.shrink(plan, undefined)].map(({ value }) => value);
      expect(all.length).toBeGreaterThan(plan.operations.length);
      expect(
        all.filter((candidate) => !isSmaller(candidate, plan) || isSmaller(plan, candidate)),
      ).toEqual([]);
      expect(all.map(parse)).toEqual(all);
    }
  });

  it("keeps the cluster's N, R, W and every setting that was not left open", () => {
    const kept = ({ settings: { nodes: _, ...others } }: Plan) => JSON.stringify(others);
    for (const plan of plans) {
      const all = [...planArbitrary(siblings).shrink(plan, undefined)].map(({ value }) => value);
      expect(new Set(all.map(kept))).toEqual(new Set([kept(plan)]));
      expect(new Set(all.map(({ settings }) => settings.nodes))).toEqual(new Set([5, 4]));
    }
  });

  it("goes on from where the last success left off, and comes round to all the others", () => {
    const plan = planAt(everything, 3, 1);
    const all = [...arbitrary.shrink(plan, undefined)];
    const middle = all[Math.floor(all.length / 2)];
    const again = [...arbitrary.shrink(plan, middle?.context)].map(({ value }) =>
      JSON.stringify(value),
    );
    expect(again[0]).toEqual(JSON.stringify(middle?.value));
    expect(again.toSorted()).toEqual(all.map(({ value }) => JSON.stringify(value)).toSorted());
  });

  it("is made only when asked for", () => {
    const [first] = arbitrary.shrink(
      {
        ...smallPlan,
        operations: Array.from(
          { length: 200_000 },
          () => ({ client: 0, afterMs: 1, node: 0, f: "read", key: 0 }) as const,
        ),
      },
      undefined,
    );
    expect(first?.value.faults).toEqual([]);
  });
});

describe("canShrinkWithoutContext", () => {
  const arbitrary = planArbitrary(siblings);
  it("says yes to a valid plan, no to anything else", () => {
    expect(arbitrary.canShrinkWithoutContext(smallPlan)).toBe(true);
    expect(arbitrary.canShrinkWithoutContext({ ...smallPlan, clients: 1 })).toBe(false);
    expect(arbitrary.canShrinkWithoutContext("plan")).toBe(false);
  });
});

describe("a fault that waits for a trigger", () => {
  it("is also tried at its time, and at the first such event", () => {
    const last = [...planArbitrary(siblings).shrink(smallPlan, undefined)]
      .map(({ value }) => value)
      .filter(
        ({ faults, operations, keys }) =>
          faults.length === smallPlan.faults.length && operations.length === 4 && keys === 2,
      );
    expect(
      last.some(
        ({ faults }) => faults.at(-1)?.fault.kind === "kill" && faults.at(-1)?.when === undefined,
      ),
    ).toBe(true);
    expect(last.some(({ faults }) => faults.at(-1)?.when?.count === 1)).toBe(true);
  });
});

describe("dropping", () => {
  const from = (fails: (plan: Plan) => boolean) =>
    [...planArbitrary(siblings).shrink(smallPlan, undefined)]
      .map(({ value }) => value)
      .filter(fails);

  it("an operation leaves the others at their time", () => {
    const third = from(
      (plan) =>
        plan.operations.length === 3 &&
        plan.keys === 2 &&
        plan.clients === 2 &&
        plan.settings.nodes === 5,
    );
    expect(
      third.some(({ operations }) =>
        operations.some((operation) => operation.f === "delete" && operation.afterMs === 60),
      ),
    ).toBe(true);
  });

  it("the first put of a key leaves no context to carry", () => {
    const withoutFirst = from(
      (plan) => plan.operations.length === 3 && plan.operations[0]?.f === "read",
    );
    expect(withoutFirst.length).toBeGreaterThan(0);
    for (const plan of withoutFirst)
      expect(plan.operations.some((operation) => operation.carry !== undefined)).toBe(false);
  });

  it("a node renumbers the others, and takes along what befell it", () => {
    const without = from(
      (plan) =>
        plan.settings.nodes === 4 && plan.faults.length === 12 && plan.operations.length === 3,
    );
    // This plan lacks n3, which was isolated, and c2's delete of k1, which went through n3.
    const third = without.find(({ faults: [first] }) => {
      const fault = first && builtIn(first.fault);
      return fault?.kind === "partition" && fault.partition.shape === "halves";
    });
    expect(third?.faults.map(({ fault }) => fault)).toEqual([
      { kind: "partition", partition: { shape: "halves", side: [0, 1] } },
      { kind: "partition", partition: { shape: "one-way", from: 2, to: 3 } },
      { kind: "kill", nodes: [0, 2] },
      { kind: "pause", nodes: [1] },
      {
        kind: "partition",
        partition: {
          shape: "links",
          cuts: [
            [0, 1],
            [3, 0],
          ],
        },
      },
      { kind: "delay", nodes: [0, 1], direction: "both", delayMs: 40, jitterMs: 10 },
      { kind: "clients", nodes: [2, 3], direction: "in" },
      { kind: "disk-full", nodes: [1] },
      { kind: "slow-disk", nodes: [3] },
      { kind: "disk", nodes: [2], damage: "restore", atPerMille: 500 },
      { kind: "limit", nodes: [3], processorPercent: 10, memoryMiB: 128 },
      { kind: "kill", nodes: [3] },
    ]);
    expect(third?.faults.at(-1)?.when).toEqual({ event: "hint-synced", node: 3, count: 2 });
    expect(third?.operations.map(({ node }) => node)).toEqual([0, 3, 1]);
  });
});

describe("the restart of the final phase", () => {
  const smallest = (fails: (plan: Plan) => boolean): Plan => {
    const found = fc.check(
      fc.property(planArbitrary(everything), (plan) => !fails(plan)),
      { seed: 3, numRuns: 100 },
    );
    return (found.counterexample as [Plan])[0];
  };

  it("is left out where the failure does not need it", () => {
    expect(smallest(() => true).restart).toBe(false);
  });

  it("stays where the failure needs it", () => {
    expect(smallest(({ restart }) => restart === true).restart).toBe(true);
  });
});

describe("a transaction", () => {
  const options: PlanOptions = {
    target: maelstrom,
    settings: maelstrom.parseSettings({}),
    workload: "txn-list-append",
    faults: [],
    claimed: [],
    operations: { min: 20, max: 40 },
  };

  /** Whether some transaction appends to two different keys. */
  const appendsToTwoKeys = ({ operations }: Plan): boolean =>
    operations.some((operation) => {
      const keys = stepsOf(operation).flatMap(([f, key]) => (f === "append" ? [key] : []));
      return new Set(keys).size >= 2;
    });

  it("shrinks to the steps that are needed", () => {
    const { counterexample } = fc.check(
      fc.property(planArbitrary(options), (plan) => !appendsToTwoKeys(plan)),
      { seed: 5, numRuns: 100 },
    );
    const [plan] = counterexample ?? [];
    expect(plan?.operations.map((operation) => stepsOf(operation).map(([f]) => f))).toEqual([
      ["append", "append"],
    ]);
  });
});
