/** Tests that damaged histories are either judged or refused with a code, whatever the damage. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { HistoryError, judgeForeign, readForeign } from "../../../checkers/index.ts";
import { sampleSeed, sampleSize } from "../sample-size.ts";

const folders = ["test/fixtures/foreign", "test/fixtures/histories"];
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => !/README|^w16|^c01/.test(name))
    .map((name) => readFileSync(join(folder, name)).subarray(0, 6_000)),
);

const edit = fc.record({
  /** The position in the file, from 0 (its start) to 1 (its end). */
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.nat(12),
  inserted: fc.oneof(
    fc.constantFrom(
      "(",
      "]",
      "}",
      '"',
      "#",
      "#_",
      "\\",
      ":",
      "nil",
      "^",
      "##",
      "#<",
      ";",
      "\n",
      "[1 2]",
    ),
    fc.string({ maxLength: 6 }),
    fc.constant(""),
  ),
});

const outcomeOf = (bytes: Uint8Array): string => {
  try {
    const result = judgeForeign(readForeign(bytes), { budget: { steps: 20_000 } });
    return result.judgement.verdict;
  } catch (error) {
    if (error instanceof HistoryError) return error.code;
    throw error;
  }
};

test("a damaged history is judged, or refused with a code", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc.nat(files.length - 1),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      (file, edits) => {
        let bytes = Buffer.from(files[file] as Buffer);
        for (const { at, removed, inserted } of edits) {
          const from = Math.floor(at * bytes.length);
          bytes = Buffer.concat([
            bytes.subarray(0, from),
            Buffer.from(inserted),
            bytes.subarray(from + removed),
          ]);
        }
        seen.add(outcomeOf(bytes));
      },
    ),
    { numRuns: Math.max(2_000, sampleSize(4_000)), seed: sampleSeed },
  );
  // All three outcomes occur, so the damage has an effect.
  expect([...seen]).toEqual(expect.arrayContaining(["valid", "invalid", "bad-edn"]));
});

test("a valid history that is cut off after any of its lines is never invalid", () => {
  const wrong: string[] = [];
  let cuts = 0;
  for (const whole of files) {
    if (outcomeOf(whole) !== "valid") continue;
    for (let at = whole.indexOf("\n"); at >= 0; at = whole.indexOf("\n", at + 1)) {
      const cut = whole.subarray(0, at + 1);
      cuts++;
      if (outcomeOf(cut) === "invalid") wrong.push(cut.toString());
    }
  }
  expect(wrong).toEqual([]);
  expect(cuts).toBeGreaterThan(100);
});

test("a history that is cut off at any byte is never invalid for that", () => {
  const text = Buffer.from(
    '[{:process 0, :type :invoke, :f :write, :value {:a [1 #{"x\\n"}]}}\n {:process 0, :type :ok, :f :write, :value {:a [1 #{"x\\n"}]}}\n {:process 1, :type :invoke, :f :read, :value nil}\n {:process 1, :type :ok, :f :read, :value {:a [1 #{"x\\n"}]}}]',
  );
  const outcomes = Array.from(text, (_, size) => outcomeOf(text.subarray(0, size)));
  expect(outcomes).not.toContain("invalid");
  expect(outcomes).not.toContain("valid");
});
