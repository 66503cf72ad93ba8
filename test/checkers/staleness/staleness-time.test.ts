import { describe, expect, test } from "vitest";
import { missedByTime } from "../../../checkers/staleness/staleness-time.ts";
import { modelOf } from "../../../checkers/model/model.ts";
import { of, Scenario, tombstone } from "../support.ts";

/**
 * The reads that missed a write by time, each as `read < missed write, returned write`. A read of the initial value has
 * `-` instead of the returned write.
 */
const missed = (scenario: Scenario): string[] =>
  missedByTime(modelOf(scenario.events()), "k0").map(
    ({ read, missed: write, current }) => `${read.op} < ${write.op}, ${current?.op ?? "-"}`,
  );

describe("weak regularity", () => {
  test("a read misses a write that began after its own write had ended and was acknowledged before it began; times that touch are concurrent", () => {
    const read = (
      firstEndMs: number,
      secondStartMs: number,
      secondEndMs: number,
      startMs: number,
    ): string[] => {
      const scenario = new Scenario();
      scenario.write("v1", 0, firstEndMs);
      scenario.write("v2", secondStartMs, secondEndMs);
      scenario.read([of("v1")], startMs, startMs + 1);
      return missed(scenario);
    };
    expect([read(5, 6, 8, 9), read(6, 6, 8, 9), read(5, 6, 9, 9), read(7, 6, 8, 9)]).toEqual([
      ["2 < 1, 0"],
      [],
      [],
      [],
    ]);
  });

  test("of the writes that it missed the one that began last is named, the first such to end", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.write("v2", 5, 6);
    scenario.write("v3", 4, 7);
    scenario.write("v4", 5, 8);
    scenario.read([of("v1")], 20, 21);
    scenario.read([], 20, 21);
    scenario.read([of("v9")], 20, 21);
    expect(missed(scenario)).toEqual(["4 < 1, 0", "5 < 1, -"]);
  });

  test("a read of nothing stands for the delete that ended last, of those that had begun when it ended and may have happened", () => {
    const nothing = (
      ...deletes: readonly (readonly [
        startMs: number,
        endMs: number,
        outcome?: "ok" | "info" | "fail",
      ])[]
    ): string[] => {
      const scenario = new Scenario();
      deletes.forEach(([startMs, endMs, outcome = "ok"], i) =>
        scenario.delete(`000${i}`, startMs, endMs, { outcome }),
      );
      scenario.write("v9", 60, 65);
      scenario.read([], 70, 80);
      return missed(scenario);
    };
    const read = (count: number, current: number | "-"): string[] => [
      `${count + 1} < ${count}, ${current}`,
    ];
    expect(nothing()).toEqual(read(0, "-"));
    expect(nothing([0, 50], [2, 3])).toEqual(read(2, 0));
    expect(nothing([2, 3], [0, 50])).toEqual(read(2, 1));
    expect(nothing([0, 3], [2, 50], [4, 9])).toEqual(read(3, 1));
    expect(nothing([0, 59], [2, 61])).toEqual([]);
    expect(nothing([0, 59], [2, 60])).toEqual([]);
    expect(nothing([0, 5], [2, 59])).toEqual(read(2, 1));
    expect(nothing([0, 5], [2, 61, "fail"])).toEqual(read(2, 0));
    expect(nothing([0, 5, "info"])).toEqual([]);
    expect(nothing([0, 5], [80, 90])).toEqual([]);
    expect(nothing([0, 5], [80.001, 90])).toEqual(read(2, 0));
  });

  test("a tombstone is its delete's, and one of unknown origin may be any's", () => {
    const scenario = new Scenario();
    scenario.delete("0001", 0, 1);
    scenario.write("v2", 3, 4);
    scenario.read([tombstone("0001")], 10, 11);
    scenario.read([tombstone("0007")], 10, 11);
    scenario.read([of("v2")], 10, 11);
    expect(missed(scenario)).toEqual(["2 < 1, 0"]);
  });
});

describe("the figures of staleness", () => {
  test("stale reads of all keys come in the order of time, at most 500 of them, and siblings know no weak regularity", () => {
    const scenario = new Scenario({ preference: { k0: ["n1"], k1: ["n1"] } });
    for (const key of ["k0", "k1"]) {
      scenario.write("v1", 0, 1, { key });
      scenario.write("v2", 2, 3, { key });
    }
    for (const [i, key] of ["k1", "k0", "k1", "k0"].entries())
      scenario.read([of("v1")], 10 + i, 20, { key });
    const figures = scenario.check("staleness").measurements;
    expect((figures?.["staleReads"] as { op: number }[] | undefined)?.map(({ op }) => op)).toEqual([
      4, 5, 6, 7,
    ]);
    expect(figures?.["missedByTime"]).toBe(4);
    for (let i = 0; i < 500; i++) scenario.read([of("v1")], 30, 40);
    const many = scenario.check("staleness").measurements;
    expect([
      many?.["stale"],
      (many?.["staleReads"] as unknown[] | undefined)?.length,
      many?.["missedByTime"],
    ]).toEqual([504, 500, 504]);
    const siblings = new Scenario({ versions: "siblings" });
    siblings.write("v1", 0, 1, { version: "a:1" });
    siblings.read([], 2, 3, { context: {} });
    expect(siblings.check("staleness").measurements).toMatchObject({ reads: 1, stale: 1 });
    expect(siblings.check("staleness").measurements).not.toHaveProperty("missedByTime");
  });

  test("what began after nothing at all", () => {
    const scenario = new Scenario({ promised: ["regular", "staleness"] });
    scenario.write("v1", 0, 1, { version: "" });
    scenario.read([], 2, 3);
    const events = scenario
      .events()
      .map((event) => (event.e === "ok" && event.op === 0 ? { ...event, versions: [] } : event));
    const model = modelOf(events);
    expect(missedByTime(model, "k0").map(({ read, current }) => [read.op, current])).toEqual([
      [1, undefined],
    ]);
  });
});
