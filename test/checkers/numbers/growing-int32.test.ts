import { describe, expect, test } from "vitest";
import { GrowingInt32 } from "../../../checkers/numbers/growing-int32.ts";

describe("a growing list of whole numbers", () => {
  test("holds what was pushed, one by one and many at once, in order", () => {
    const list = new GrowingInt32();
    const expected: number[] = [];
    for (let round = 0; round < 40; round++) {
      list.push(round);
      list.pushAll(Array.from({ length: round * 3 }, (_, i) => round * i));
      expected.push(round, ...Array.from({ length: round * 3 }, (_, i) => round * i));
    }
    expect(list.length).toBe(expected.length);
    expect([...list.view()]).toEqual(expected);
  });

  test("keeps what it holds where room is made, and room is no content", () => {
    const list = new GrowingInt32();
    list.push(7);
    list.reserve(5000);
    list.pushAll(new Int32Array(5000).fill(3));
    expect(list.length).toBe(5001);
    expect(list.view()[0]).toBe(7);
    expect(list.view()[5000]).toBe(3);
  });
});
