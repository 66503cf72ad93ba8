/**
 * Tests damaged histories: if events are missing or belong to another history, the verdict must become unknown, or stay
 * invalid, or the history is refused. Changes that mean nothing must not change a verdict.
 */
import { beforeAll, expect, test } from "vitest";
import { Random } from "../../harness/platforms/simulator/random.ts";
import { sampleSize } from "../checkers/sample-size.ts";
import { damageHistories, damages, type Judged, judgedHistories } from "./damaged-histories.ts";

/** The number of damaged histories for each kind of damage. `npm run attack` damages about 13,500 in all. */
const each = sampleSize(100);

let histories: readonly Judged[] = [];
beforeAll(async () => {
  histories = await judgedHistories([1, 2, 3]);
});

const count = (verdict: string): number =>
  histories.filter((history) => history.verdict === verdict).length;

test("undamaged histories of healthy and broken stores are all decided", () => {
  expect(count("unknown")).toBe(0);
  expect(count("valid")).toBeGreaterThan(15);
  expect(count("invalid")).toBeGreaterThan(5);
});

test.each(damages)("%s: no wrong verdict", (name, damage) => {
  const { problems } = damageHistories([name, damage], each, new Random(1, name), histories);
  expect(problems).toEqual([]);
});
