/** The steps of transactions. */
import { describe, expect, test } from "vitest";
import { isMicroList, microKind } from "../../../checkers/foreign/micro-operations.ts";
import { ValueTable } from "../../../checkers/foreign/value-table.ts";
import { valueIn } from "./support.ts";

describe("a micro-operation", () => {
  const kindOf = (edn: string): string | undefined => {
    const values = new ValueTable();
    return microKind(values, valueIn(values, edn));
  };

  test("has its name in front, as a keyword, a text or a symbol", () => {
    expect(kindOf("[:append :x 1]")).toBe("append");
    expect(kindOf('["w" :x 1]')).toBe("w");
    expect(kindOf("[r :x nil]")).toBe("r");
    expect(kindOf("[:r :x]")).toBe("r");
    expect(kindOf("[:read-all-rows :x]")).toBe(undefined);
    expect(kindOf("[:read-rows :x]")).toBe("read-rows");
  });

  test("of Knossos has a whole word as its name", () => {
    expect(kindOf("[:read :x nil]")).toBe("r");
    expect(kindOf("[:write :x 1]")).toBe("w");
  });

  test("is nothing else", () => {
    for (const edn of [
      "[:r]",
      "[1 2]",
      "[nil :x]",
      "{:r :x}",
      ":r",
      '["R" :x]',
      '["w1" 1]',
      '["1w" 1]',
      '["r:" 1]',
    ])
      expect([edn, kindOf(edn)]).toEqual([edn, undefined]);
    expect(kindOf("[:a:r :x]")).toBe(undefined);
  });
});

test("a transaction is a list of one or more micro-operations", () => {
  const isList = (edn: string): boolean => {
    const values = new ValueTable();
    return isMicroList(values, valueIn(values, edn));
  };
  expect(isList("[[:r :x nil] [:w :y 1]]")).toBe(true);
  expect(isList("[]")).toBe(false);
  expect(isList("[[:r :x nil] 1]")).toBe(false);
  expect(isList("#{[:r :x nil]}")).toBe(false);
  expect(isList("1")).toBe(false);
});
