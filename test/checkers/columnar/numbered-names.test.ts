import { describe, expect, test } from "vitest";
import { Names } from "../../../checkers/columnar/numbered-names.ts";
import { chance } from "../support.ts";

const bytesOf = (text: string): Uint8Array => Buffer.from(text);

describe("Names", () => {
  test("a name has one number, however it comes, and another for what it belongs to", () => {
    const names = new Names();
    expect([
      names.ofText("a"),
      names.ofText("b"),
      names.ofText("a"),
      names.ofText("a", 1),
      names.ofText("é"),
      names.ofText("é", 1),
    ]).toEqual([0, 1, 0, 2, 3, 4]);
    expect(names.ofBytes(bytesOf("xbx"), 1, 2)).toBe(1);
    expect([names.find("b"), names.find("b", 1), names.find("é", 1), names.find("ü")]).toEqual([
      1, -1, 4, -1,
    ]);
    expect(names.count).toBe(5);
  });

  test("as a map of texts does, for many names of all lengths", () => {
    const { int } = chance(1);
    const names = new Names();
    const known = new Map<string, number>();
    for (let i = 0; i < 20_000; i++) {
      const apart = int(3);
      const text = String(int(1 << int(20))).repeat(int(4));
      const id = `${apart} ${text}`;
      const number =
        int(2) === 0
          ? names.ofText(text, apart)
          : names.ofBytes(bytesOf(text), 0, text.length, apart);
      expect(number).toBe(known.get(id) ?? known.size);
      known.set(id, number);
    }
    for (const [id, number] of known) expect(names.textOf(number)).toBe(id.slice(2));
  });

  test.each([
    ["a", "é", "b", "\u{1f600}", "\uffff"],
    ["", "a", "aa", "ab", "b", "B", "10", "9"],
  ])("orders names as strings are ordered: %s …", (...texts) => {
    const names = new Names();
    const numbers = texts.map((text) => names.ofText(text));
    expect(
      numbers.toSorted((a, b) => names.compare(a, b)).map((number) => names.textOf(number)),
    ).toEqual(texts.toSorted());
  });
});

describe("Names, where they are alike", () => {
  test("texts with one hash are two names, of one length or not", () => {
    for (const [one, other] of [
      ["w1001ruk", "w1002ne4"],
      ["w1000ybk", "v0011gx"],
    ] as const) {
      const names = new Names();
      expect([
        names.ofText(one),
        names.ofText(other),
        names.ofText(one),
        names.ofText(other),
      ]).toEqual([0, 1, 0, 1]);
      expect([names.find(one), names.find(other), names.find(`${one}x`), names.find("")]).toEqual([
        0, 1, -1, -1,
      ]);
    }
  });

  test("the empty name, the last letter of ASCII, and names that are not ASCII have numbers of their own", () => {
    const names = new Names();
    expect([
      names.ofText(""),
      names.ofText("\u007f"),
      names.ofText("\u0080"),
      names.ofText("\u0080", 1),
      names.ofText("\u0080"),
      names.ofText("\u007f"),
    ]).toEqual([0, 1, 2, 3, 2, 1]);
    expect([
      names.find(""),
      names.find("", 1),
      names.find("\u0080", 1),
      names.find("\u0080", 2),
    ]).toEqual([0, -1, 3, -1]);
    expect([0, 1, 2, 3].map((number) => names.textOf(number))).toEqual([
      "",
      "\u007f",
      "\u0080",
      "\u0080",
    ]);
    expect(names.ofBytes(bytesOf("x"), 0, 0)).toBe(0);
    const long = "y".repeat(1000);
    expect([names.ofText(long), names.ofText(`${long}z`), names.ofText(long)]).toEqual([4, 5, 4]);
    expect(names.textOf(5)).toBe(`${long}z`);
  });

  test("the order of prefixes and equals, among ASCII alone and beside others", () => {
    for (const beside of [[], ["é"]]) {
      const names = new Names();
      for (const text of beside) names.ofText(text);
      const sign = (a: string, b: string): number =>
        Math.sign(names.compare(names.ofText(a), names.ofText(b)));
      expect([
        sign("a", "a"),
        sign("a", "ab"),
        sign("ab", "a"),
        sign("ab", "b"),
        sign("b", "ab"),
        sign("", "a"),
        sign("a", ""),
        sign("", ""),
        sign("abc", "abd"),
        sign("abd", "abc"),
      ]).toEqual([0, -1, 1, -1, 1, -1, 1, 0, -1, 1]);
    }
  });
});
