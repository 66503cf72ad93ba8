import { describe, expect, test } from "vitest";
import {
  canonical,
  covers,
  dominates,
  dotOf,
  merge,
  sameVersions,
} from "../../../checkers/language/versions.ts";
import { of } from "../support.ts";

describe("dots", () => {
  test("the actor is all before the last colon", () => {
    expect(dotOf("a:1")).toEqual({ actor: "a", counter: 1 });
    expect(dotOf("n1:2:37")).toEqual({ actor: "n1:2", counter: 37 });
    expect(dotOf(":4")).toEqual({ actor: "", counter: 4 });
  });

  test.each([
    "7",
    "a",
    "a:",
    "a: ",
    "a:-1",
    "a:1e3",
    "a:0x1",
    "a:1.5",
    "a:x",
    "a:9007199254740993",
  ])("%s is none", (name) => {
    expect(() => dotOf(name)).toThrow(`"${name}" is not a dot (actor:counter)`);
  });

  test("a vector covers an actor's dots up to its counter, and nothing that it inherits", () => {
    expect([
      covers({ a: 2 }, "a:1"),
      covers({ a: 2 }, "a:2"),
      covers({ a: 2 }, "a:3"),
      covers({ a: 2 }, "b:1"),
      covers(undefined, "a:1"),
    ]).toEqual([true, true, false, false, false]);
    expect(covers({}, "toString:0")).toBe(false);
  });

  test("domination is of every counter", () => {
    expect([
      dominates({ a: 2, b: 1 }, { a: 2 }),
      dominates({ a: 2 }, { a: 2, b: 1 }),
      dominates({ a: 1 }, { a: 2 }),
      dominates({}, {}),
    ]).toEqual([true, false, false, true]);
    expect(dominates({}, { toString: 0 })).toBe(false);
  });
});

describe("merge", () => {
  test("the largest stamp of all sides, or none", () => {
    expect(
      merge("stamps", [{ versions: ["0001"] }, { versions: ["0003"] }, { versions: ["0002"] }]),
    ).toEqual({ versions: ["0003"] });
    expect(merge("stamps", [{ versions: [] }, { versions: [] }])).toEqual({ versions: [] });
  });

  test("a sibling stays where every side holds it or does not cover it; contexts are joined", () => {
    const sides = [
      { versions: ["a:1", "b:1"], context: { a: 1, b: 1 } },
      { versions: ["c:1"], context: { a: 1, c: 1 } },
      { versions: ["c:1"] },
    ];
    expect(merge("siblings", sides)).toEqual({
      versions: ["b:1", "c:1"],
      context: { a: 1, b: 1, c: 1 },
    });
  });

  test("equal are equal sets with contexts that cover one another; a context that is not known does not tell them apart", () => {
    const one = { versions: ["a:1", "b:1"], context: { a: 1, b: 1 } };
    expect(sameVersions(one, { versions: ["b:1", "a:1"], context: { b: 1, a: 1 } })).toBe(true);
    expect(sameVersions(one, { versions: ["b:1", "a:1"] })).toBe(true);
    expect(sameVersions({ versions: ["b:1", "a:1"] }, one)).toBe(true);
    expect(sameVersions(one, { versions: ["a:1", "c:1"], context: one.context })).toBe(false);
    expect(sameVersions(one, { versions: ["a:1"], context: one.context })).toBe(false);
    expect(sameVersions(one, { ...one, context: { a: 1, b: 2 } })).toBe(false);
    expect(sameVersions({ ...one, context: { a: 1, b: 2 } }, one)).toBe(false);
  });
});

test("states are compared without regard to order, and reaped, empty and absent are the same", () => {
  const versions = [of("v1", "a:1"), of("v2", "b:1")];
  expect(canonical({ versions, context: { a: 1, b: 1 } })).toBe(
    canonical({ versions: [...versions].reverse(), context: { b: 1, a: 1 } }),
  );
  expect([
    canonical(undefined),
    canonical({ versions: [] }),
    canonical({ versions: [], context: {} }),
  ]).toEqual(["absent", "absent", "absent"]);
  const deletion = { version: "0002", value: null };
  expect([canonical({ versions: [deletion] }, true), canonical({ versions: [] }, true)]).toEqual([
    "absent",
    "absent",
  ]);
  expect([
    canonical({ versions: [deletion] }),
    canonical({ versions: [of("v1"), deletion] }, true),
  ]).not.toContain("absent");
  const others = [
    { versions: [], context: { a: 1 } },
    { versions },
    { versions, context: { a: 1, b: 1 } },
    { versions, context: { a: 1, b: 2 } },
    { versions: [of("v1", "a:1"), of("v3", "b:1")] },
    { versions: [of("v1", "a:1")] },
  ];
  expect(new Set([...others, undefined].map((state) => canonical(state))).size).toBe(
    others.length + 1,
  );
});
