import fc from "fast-check";
import { expect, test } from "vitest";
import { fromTable } from "../../reports/page/unpacked-table.ts";
import { buildTrace } from "../../reports/trace/trace.ts";
import { toTable } from "../../reports/trace/packed-table.ts";
import { exhibit, large } from "./support.ts";

const embedded = (rows: readonly object[]): unknown =>
  fromTable(JSON.parse(JSON.stringify(toTable(rows))) as ReturnType<typeof toTable>);

test("any rows come back from their columns", () => {
  const word = fc.constantFrom("n1", "n2", "", "é", null);
  const number = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.constant(0.5));
  const inner = fc.record({ node: word, atUs: number }, { requiredKeys: [] });
  const row = fc.record(
    {
      a: fc.integer(),
      b: number,
      c: word,
      d: fc.boolean(),
      e: fc.string(),
      f: fc.array(inner),
      g: fc.array(fc.integer()),
      h: fc.oneof(fc.integer(), fc.string(), fc.array(inner), inner),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
      expect(embedded(rows)).toEqual(JSON.parse(JSON.stringify(rows)));
    }),
    { numRuns: 500 },
  );
});

test("a timeline's operations take a third of the room that they take as JSON, and come back", () => {
  const { operations } = buildTrace(exhibit({ ...large, operations: 2_000 })).trace;
  expect(embedded(operations)).toEqual(JSON.parse(JSON.stringify(operations)));
  expect(JSON.stringify(toTable(operations)).length).toBeLessThan(
    JSON.stringify(operations).length / 3,
  );
});
