import { describe, expect, test } from "vitest";
import {
  exactly,
  flag,
  list,
  mapOf,
  oneOf,
  onlyTrue,
  text,
  textOrNull,
  whole,
} from "../../../checkers/reading/json-shape.ts";

describe("shapes", () => {
  test.each([
    ["text", text, ["", "a"], [1, null, undefined, {}], "must be a string"],
    ["text or null", textOrNull, ["", null], [1, undefined, false], "must be a string or null"],
    ["a flag", flag, [true, false], [0, "true", null], "must be true or false"],
    [
      "a whole number",
      whole,
      [0, 7],
      [-1, 1.5, NaN, Infinity, 2 ** 53, "1", null],
      "must be a whole number from 0 to 2^53 − 1",
    ],
    ["true alone", onlyTrue, [true], [false, 1, "true"], "must be true"],
    ["one of some", oneOf("a", "b"), ["a", "b"], ["c", null, ["a"]], "must be one of a, b"],
    ["a list", list(text), [[], ["a", "b"]], [{}, "a", null], "must be an array"],
    [
      "a list of a length",
      list(text, 2),
      [["a", "b"]],
      [[], ["a"], ["a", "b", "c"]],
      "must be an array of 2 items",
    ],
    ["a map", mapOf(whole), [{}, { a: 1 }], [[], null, "a"], "must be an object"],
    [
      "an object",
      exactly({ a: whole, "b?": text }),
      [{ a: 1 }, { a: 1, b: "x" }],
      [[], null, 3],
      "must be an object",
    ],
  ] as const)("%s", (_, shape, good, bad, complaint) => {
    for (const value of good) expect(shape(value), JSON.stringify(value)).toBeNull();
    for (const value of bad) expect(shape(value), JSON.stringify(value)).toBe(complaint);
  });

  test("a complaint names the way to what does not fit", () => {
    const shape = exactly({ a: whole, "b?": list(mapOf(whole)), "c?": exactly({ d: text }) });
    expect(shape({ a: "x" })).toBe("a must be a whole number from 0 to 2^53 − 1");
    expect(shape({ b: [] })).toBe("must have the field a");
    expect(shape({ a: 1, e: 1 })).toBe("must not have other fields (e)");
    expect(shape({ a: 1, "b?": [] })).toBe("must not have other fields (b?)");
    expect(shape({ a: 1, b: [{}, { x: 1, y: -1 }] })).toBe(
      "b.1.y must be a whole number from 0 to 2^53 − 1",
    );
    expect(shape({ a: 1, c: {} })).toBe("c must have the field d");
    expect(shape(Object.create({ a: 1 }))).toBe("must have the field a");
  });
});
