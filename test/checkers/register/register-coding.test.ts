import { expect, test } from "vitest";
import { codeKey } from "../../../checkers/register/register-coding.ts";
import { modelOf } from "../../../checkers/model/model.ts";
import { of, Scenario, tombstone } from "../support.ts";

const coded = (scenario: Scenario) => codeKey(modelOf(scenario.events()), "k0");

test("operations in numbers: the initial value, then values as they come; what failed, or was not answered, is left out", () => {
  const scenario = new Scenario();
  scenario.write("v1", 1, 4);
  scenario.write("v2", 2, 5, { outcome: "fail" });
  scenario.read([of("v3")], 3, 6);
  scenario.write("v3", 4, 7, { outcome: "info" });
  scenario.delete("0004", 5, 8);
  scenario.read([], 0, 4);
  scenario.read([of("v1")], 6, 9, { outcome: "info" });
  scenario.read([tombstone("0004")], 7, 10);
  const key = coded(scenario);
  const { writeStart, writeEnd, readValue, readStart, readEnd } = key.register;
  expect([[...writeStart], [...writeEnd]]).toEqual([
    [-Infinity, 1000, 4000, 5000],
    [-Infinity, 4000, Infinity, 8000],
  ]);
  expect([[...readValue], [...readStart], [...readEnd]]).toEqual([
    [0, 2, 3],
    [0, 3000, 7000],
    [4000, 6000, 10000],
  ]);
  expect(key.deletes).toEqual([3]);
  expect([0, 1, 2, 3, 4].map((value) => key.write(value)?.op)).toEqual([
    undefined,
    0,
    3,
    4,
    undefined,
  ]);
  expect([0, 1, 2].map((read) => key.read(read).op)).toEqual([5, 2, 7]);
  expect([key.rejections, key.rejected("regular"), key.absences]).toEqual([0, [], []]);
});

test("a read of nothing may be a delete's from the moment that the first one that may have happened began", () => {
  const absences = (
    ...deletes: readonly (readonly [startMs: number, outcome: "ok" | "info" | "fail"])[]
  ): number[] => {
    const scenario = new Scenario();
    scenario.read([], 1, 4);
    for (const [startMs, outcome] of deletes) scenario.delete("0009", startMs, 20, { outcome });
    const key = coded(scenario);
    expect(key.register.readValue.length + key.absences.length).toBe(1);
    return key.absences.map(({ op }) => op);
  };
  expect([
    absences(),
    absences([5, "ok"]),
    absences([4, "ok"]),
    absences([2, "fail"]),
    absences([2, "info"]),
    absences([9, "ok"], [3, "ok"]),
  ]).toEqual([[], [], [0], [], [0], [0]]);
});

test("tombstones of unknown origin are values of their own, each written from the first delete of unknown version on", () => {
  const scenario = new Scenario();
  scenario.delete("", 5, 6, { outcome: "info" });
  scenario.delete("", 3, 4, { outcome: "open" });
  scenario.read([tombstone("0007")], 3, 8);
  scenario.read([tombstone("0008")], 3, 9);
  scenario.read([tombstone("0007")], 3, 10);
  scenario.read([tombstone("0007")], 1, 3);
  scenario.read([tombstone("0007")], 1, 2);
  const key = coded(scenario);
  const unknown = [...key.register.readValue];
  expect(new Set(unknown).size).toBe(2);
  for (const value of unknown) {
    expect([
      key.register.writeStart[value],
      key.register.writeEnd[value],
      key.write(value),
    ]).toEqual([3000, Infinity, undefined]);
    expect(key.deletes).toContain(value);
  }
  expect(key.deletes).toHaveLength(4);
  // Operation 6 is rejected: it ended before any delete began whose tombstone it could show.
  expect([key.rejections, key.rejected("regular").map(({ operations }) => operations)]).toEqual([
    1,
    [[6]],
  ]);
});

test("reads of what was never written, later, or definitely not are left out, and a write that begins as the read ends may be read", () => {
  const scenario = new Scenario();
  scenario.write("v1", 0, 1, { outcome: "fail" });
  scenario.read([of("v1")], 2, 3);
  scenario.read([of("v9")], 2, 3);
  scenario.read([of("v2")], 2, 3);
  scenario.read([of("v2")], 2, 4);
  scenario.write("v2", 4, 5);
  scenario.read([tombstone("0007")], 6, 7);
  const key = coded(scenario);
  expect([key.rejections, key.register.readValue.length, key.read(0).op]).toEqual([4, 1, 4]);
  expect(
    key
      .rejected("linearizable")
      .map(({ guarantee, operations }) => `${guarantee} ${operations.join()}`),
  ).toEqual(["linearizable 0,1", "linearizable 2", "linearizable 5,3", "linearizable 6"]);
});

test("one more read comes last, and the coding itself stays as it is", () => {
  const scenario = new Scenario();
  scenario.write("v1", 0, 1);
  scenario.read([of("v1")], 2, 3);
  scenario.delete("0002", 4, 5);
  scenario.read([], 6, 7);
  const key = coded(scenario);
  const [absent] = key.absences;
  if (absent === undefined) return expect.fail("no absence");
  const more = key.with(absent, 2);
  expect([
    [...more.register.readValue],
    [...more.register.readStart],
    [...more.register.readEnd],
  ]).toEqual([
    [1, 2],
    [2000, 6000],
    [3000, 7000],
  ]);
  expect([more.read(0).op, more.read(1).op, more.write(1)?.op]).toEqual([1, 3, 0]);
  expect(key.register.readValue).toHaveLength(1);
  const third = more.with(key.read(0), 1);
  expect([
    [...third.register.readValue],
    third.read(0).op,
    third.read(1).op,
    third.read(2).op,
  ]).toEqual([[1, 2, 1], 1, 3, 1]);
});
