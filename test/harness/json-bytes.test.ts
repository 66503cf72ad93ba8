import fc from "fast-check";
import { expect, test } from "vitest";
import { JsonBytes } from "../../harness/json-bytes.ts";

const jsonOf = (value: unknown, capacity?: number): string => {
  const bytes = new JsonBytes(capacity);
  bytes.value(value);
  return bytes.take().toString("utf8");
};

test("says what JSON.stringify says, whatever the value and however small the first buffer", () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 4, stringUnit: "binary" }),
      fc.nat(100),
      (value, capacity) => {
        expect(jsonOf(value, capacity)).toBe(Buffer.from(JSON.stringify(value)).toString("utf8"));
      },
    ),
  );
});

test("writes whole numbers of every length", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.maxSafeNat(), fc.nat(1_000), fc.maxSafeInteger(), fc.double()),
      (value) => {
        expect(jsonOf(value)).toBe(JSON.stringify(value));
      },
    ),
  );
  for (let power = 1; power <= Number.MAX_SAFE_INTEGER; power *= 10) {
    for (const value of [power - 1, power, power + 1])
      expect(jsonOf(value)).toBe(JSON.stringify(value));
  }
  for (const value of [-0, NaN, Infinity, Number.MAX_SAFE_INTEGER])
    expect(jsonOf(value)).toBe(JSON.stringify(value));
});

test("leaves out what is undefined, as JSON.stringify does", () => {
  expect(jsonOf({ a: undefined, b: [undefined], c: 1 })).toBe('{"b":[null],"c":1}');
});

test("refuses what is no data", () => {
  expect(() => jsonOf({ f: () => {} })).toThrow(TypeError);
});

test("takes what was written since the last take", () => {
  const bytes = new JsonBytes(32);
  bytes.value({ a: 1 });
  bytes.newline();
  expect(bytes.take().toString()).toBe('{"a":1}\n');
  bytes.value("next");
  expect(bytes.size).toBe(6);
  expect(bytes.take().toString()).toBe('"next"');
});
