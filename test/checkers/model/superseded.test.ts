import { expect, test } from "vitest";
import { modelOf } from "../../../checkers/model/model.ts";
import { supersededOf, type Certainty } from "../../../checkers/model/superseded.ts";
import { of, Scenario, tombstone } from "../support.ts";
import type { Operation } from "../../../checkers/index.ts";

const siblings = () =>
  new Scenario({ versions: "siblings", preference: { k0: ["n1"], k1: ["n1"] } });

/** For each write of the key, by its number, the writes that it superseded. */
function sup(
  scenario: Scenario,
  certainty: Certainty = "certain",
  key = "k0",
): Record<number, number[]> {
  const model = modelOf(scenario.events());
  const superseded = supersededOf(model, key, certainty);
  const writes = model.operations.filter((one) => one.f !== "read" && one.key === key);
  return Object.fromEntries(
    writes.map((by) => [
      by.op,
      writes.filter((write) => superseded.by(by, write)).map(({ op }) => op),
    ]),
  );
}

test("everything that the read returned whose context it carried, and what those superseded; of a write's reply that write", () => {
  const scenario = siblings();
  scenario.write("v1", 0, 1, { version: "a:1" });
  scenario.write("v2", 0, 1, { version: "b:1" });
  scenario.read([of("v1", "a:1"), of("v2", "b:1")], 2, 3);
  scenario.write("v3", 4, 5, { version: "a:2", contextOf: 2 });
  scenario.write("v4", 6, 7, { version: "a:3", contextOf: 3 });
  scenario.read([of("v4", "a:3")], 8, 9);
  scenario.delete("a:4", 10, 11, { contextOf: 5 });
  scenario.write("v5", 10, 11, { version: "a:5" });
  expect(sup(scenario)).toEqual({ 0: [], 1: [], 3: [0, 1], 4: [0, 1, 3], 6: [0, 1, 3, 4], 7: [] });
});

test("a context that is not known, of another key's read, or of what shows itself, adds nothing", () => {
  const scenario = siblings();
  scenario.write("v1", 0, 1, { version: "a:1" });
  scenario.write("v9", 0, 1, { version: "a:9", key: "k1" });
  scenario.read([of("v9", "a:9")], 2, 3, { key: "k1" });
  scenario.write("v2", 4, 5, { version: "a:2", contextOf: 2 });
  scenario.write("v3", 4, 5, { version: "a:3", contextOf: 77 });
  scenario.read([of("v4", "a:4"), of("v8", "a:8")], 2, 3);
  scenario.write("v4", 4, 5, { version: "a:4", contextOf: 5 });
  scenario.write("v5", 4, 5, { version: "a:5", contextOf: 0 });
  expect(sup(scenario)).toEqual({ 0: [], 3: [], 4: [], 6: [], 7: [0] });
  expect(sup(scenario, "certain", "k1")).toEqual({ 1: [] });
});

test("what closes a circle of phantoms is cut there", () => {
  const scenario = siblings();
  scenario.read([of("v2", "a:2")], 0, 1);
  scenario.read([of("v1", "a:1")], 0, 1);
  scenario.write("v1", 2, 3, { version: "a:1", contextOf: 0 });
  scenario.write("v2", 2, 3, { version: "a:2", contextOf: 1 });
  const found = sup(scenario);
  expect(found[2]).toContain(3);
  expect(Object.keys(found)).toEqual(["2", "3"]);
});

test("what a write has seen may stand after it in the file, if it began in the same microsecond", () => {
  const scenario = siblings();
  scenario.write("v0", 0, 1, { version: "a:0" });
  scenario.read([of("v0", "a:0")], 2, 3);
  scenario.read([of("v2", "a:2")], 2, 5);
  scenario.write("v1", 5, 9, { version: "a:1", contextOf: 2 });
  scenario.write("v2", 5, 6, { version: "a:2", contextOf: 1 });
  expect(sup(scenario)).toEqual({ 0: [], 3: [0, 4], 4: [0] });
});

test("a tombstone of unknown origin is perhaps any of the deletes whose version nobody heard, and surely none; so is one that nobody can have made", () => {
  const scenario = siblings();
  scenario.delete("", 0, 1, { outcome: "info" });
  scenario.write("v1", 0, 1, { version: "a:1" });
  scenario.read([tombstone("z:7"), of("v1", "a:1"), of("v8", "z:8")], 2, 3);
  scenario.write("v2", 4, 5, { version: "a:2", contextOf: 2 });
  expect([sup(scenario, "certain"), sup(scenario, "possible")]).toEqual([
    { 0: [], 1: [], 3: [1] },
    { 0: [], 1: [], 3: [0, 1] },
  ]);
  const model = modelOf(scenario.events());
  const writers = (
    certainty: Certainty,
    ...versions: Parameters<ReturnType<typeof supersededOf>["writersOf"]>[0]
  ): number[] =>
    supersededOf(model, "k0", certainty)
      .writersOf(versions)
      .map(({ op }) => op);
  expect([
    writers("certain", tombstone("z:7"), of("v1", "a:1")),
    writers("possible", tombstone("z:7"), of("v1", "a:1")),
    writers("possible", of("v8", "z:8")),
    writers("possible"),
  ]).toEqual([[1], [0, 1], [], []]);
  const known = siblings();
  known.delete("a:1", 0, 1);
  known.read([tombstone("a:1")], 2, 3);
  known.write("v2", 4, 5, { version: "a:2", contextOf: 1 });
  expect(sup(known, "certain")).toEqual({ 0: [], 2: [0] });
});

test("a tombstone that a read returned is none of a later delete's, which may have seen what the read led to", () => {
  const scenario = siblings();
  scenario.delete("", 0, 1, { outcome: "info" });
  scenario.write("v1", 0, 1, { version: "a:1" });
  scenario.read([tombstone("z:7"), of("v1", "a:1")], 2, 3);
  scenario.write("v2", 4, 5, { version: "a:2", contextOf: 2 });
  scenario.read([of("v2", "a:2")], 6, 7);
  scenario.delete("", 8, 9, { outcome: "info", contextOf: 4 });
  // A case like this was a false alarm of durable: writes 3 and 5 each waited for the other, and 5 was left without the
  // writes that 3 had superseded.
  expect(sup(scenario, "possible")).toEqual({ 0: [], 1: [], 3: [0, 1], 5: [0, 1, 3] });
});

test("made once for each key and certainty, and once for both where no tombstone's origin is unknown", () => {
  const scenario = siblings();
  scenario.delete("", 0, 1, { outcome: "info" });
  scenario.write("v1", 0, 1, { key: "k1" });
  const model = modelOf(scenario.events());
  const asked = (key: string, certainty: Certainty) => supersededOf(model, key, certainty);
  expect(asked("k0", "possible")).not.toBe(asked("k0", "certain"));
  expect(asked("k1", "possible")).toBe(asked("k1", "certain"));
  expect(asked("k0", "possible")).toBe(asked("k0", "possible"));
  expect(asked("k0", "certain")).toBe(asked("k0", "certain"));
  expect(asked("k0", "certain")).not.toBe(asked("k1", "certain"));
});

test("numbers: the acknowledged by their ends, then the others", () => {
  const scenario = siblings();
  scenario.write("v1", 0, 9, { version: "a:1" });
  scenario.write("v2", 0, 5, { version: "a:2", outcome: "info" });
  scenario.write("v3", 0, 7, { version: "a:3" });
  scenario.delete("a:4", 0, 8);
  scenario.write("v5", 0, 1, { outcome: "fail" });
  scenario.read([], 0, 1);
  const model = modelOf(scenario.events());
  const superseded = supersededOf(model, "k0", "certain");
  expect([superseded.acknowledged, superseded.size, [...superseded.acknowledgedUs]]).toEqual([
    3,
    5,
    [7000, 8000, 9000],
  ]);
  const at = (op: number): Operation => model.operations[op] as Operation;
  expect([0, 1, 2, 3, 4, 5].map((op) => superseded.numberOf(at(op)))).toEqual([
    2,
    3,
    0,
    1,
    4,
    undefined,
  ]);
  expect([0, 1, 2, 3, 4].map((number) => superseded.write(number).op)).toEqual([2, 3, 0, 1, 4]);
  // A read supersedes nothing and is not superseded.
  expect([
    superseded.by(at(0), at(5)),
    superseded.of(at(5)),
    superseded.upTo(at(5)),
    superseded.byAny([], at(0)),
  ]).toEqual([false, superseded.nothing, superseded.nothing, false]);
  expect([
    superseded.upTo(at(3)).has(1),
    superseded.upTo(at(3)).has(0),
    superseded.of(at(3)).has(1),
  ]).toEqual([true, false, false]);
});
