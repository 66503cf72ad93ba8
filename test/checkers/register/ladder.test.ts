import { expect, test } from "vitest";
import {
  anyViolation,
  findViolation,
  orderByFirst,
  precedence,
  violationAt,
  zones,
  type CodedRegister,
  type Zones,
} from "../../../checkers/register/ladder.ts";
import { ranksByTime, rowsByTime } from "../../../checkers/model/by-time.ts";
import { codeKey } from "../../../checkers/register/register-coding.ts";
import { modelOf } from "../../../checkers/model/model.ts";
import { chance, of, Scenario } from "../support.ts";
import { sampleSize } from "../sample-size.ts";

const cases = sampleSize(20_000);

/** Draws zones. Value 0 is the initial value. There are few distinct times, so many are equal. */
function random(seed: number): Zones {
  const { int } = chance(seed);
  const size = 1 + int(6);
  const first = Float64Array.from({ length: size }, (_, value) =>
    value === 0 && int(2) === 0 ? -Infinity : int(6) === 0 ? Infinity : int(8),
  );
  const last = Float64Array.from({ length: size }, (_, value) =>
    value === 0 && int(2) === 0 ? -Infinity : int(8) === 0 ? -Number.MAX_VALUE : int(8),
  );
  return { first, last };
}

const at = (times: Float64Array, i: number): number => times[i] as number;
const mustPrecede = ({ first, last }: Zones, v: number, u: number): boolean =>
  at(first, v) < at(last, u);

test(`pairs that conflict, found by one pass or by search, agree with all pairs tried on ${cases} small sets of zones`, () => {
  const counts = { some: 0, none: 0 };
  for (let seed = 0; seed < cases; seed++) {
    const zoned = random(seed);
    const values = [...zoned.first.keys()];
    const pairs = values.flatMap((v) =>
      values
        .filter((u) => u !== v && mustPrecede(zoned, v, u) && mustPrecede(zoned, u, v))
        .map((u) => ({ v, u })),
    );
    const byFirst = orderByFirst(zoned);
    const shown = `seed ${seed}: ${JSON.stringify({ first: [...zoned.first], last: [...zoned.last] })}`;
    expect([...byFirst], shown).toEqual(
      values
        .filter((value) => at(zoned.first, value) !== Infinity)
        .sort((a, b) =>
          at(zoned.first, a) === at(zoned.first, b)
            ? a - b
            : at(zoned.first, a) - at(zoned.first, b),
        ),
    );
    expect(anyViolation(zoned, byFirst), shown).toBe(pairs.length > 0);
    const found = findViolation(zoned);
    expect(found === null, shown).toBe(pairs.length === 0);
    if (found !== null) {
      expect(pairs, shown).toContainEqual(found);
      expect(at(zoned.first, found.v), shown).toBe(
        Math.min(...pairs.map(({ v }) => at(zoned.first, v))),
      );
    }
    const search = precedence(zoned);
    for (const v of values) {
      const u = search.conflict(v, at(zoned.first, v), at(zoned.last, v));
      const others = pairs.filter((pair) => pair.v === v).map((pair) => pair.u);
      expect(u === null ? others.length === 0 : others.includes(u), shown).toBe(true);
    }
    counts[pairs.length > 0 ? "some" : "none"]++;
  }
  expect(Math.min(counts.some, counts.none)).toBeGreaterThan(cases / 5);
});

test("the zones of each level", () => {
  const register: CodedRegister = {
    writeStart: Float64Array.of(-Infinity, 10, 20, 30),
    writeEnd: Float64Array.of(-Infinity, 15, 40, Infinity),
    readValue: Int32Array.of(1, 1, 2, 0),
    readStart: Float64Array.of(12, 11, 5, 1),
    readEnd: Float64Array.of(13, 14, 39, 2),
  };
  const plain = (level: Parameters<typeof zones>[0]) => {
    const { first, last } = zones(level, register);
    return { first: [...first], last: [...last] };
  };
  expect(plain("linearizable")).toEqual({
    first: [-Infinity, 13, 39, Infinity],
    last: [1, 12, 20, 30],
  });
  expect(plain("regular")).toEqual({ first: [-Infinity, 15, 40, Infinity], last: [1, 12, 20, 30] });
  expect(plain("regular-stamped")).toEqual({
    first: [-Infinity, 15, 40, Infinity],
    last: [1, 12, 5, -Number.MAX_VALUE],
  });
});

test("what several checkers ask of one model is made once", () => {
  const scenario = new Scenario();
  scenario.write("v1", 0, 1);
  scenario.write("v2", 2, 3);
  scenario.read([of("v1")], 4, 5);
  const model = modelOf(scenario.events());
  expect(rowsByTime(model, "k0")).toBe(rowsByTime(model, "k0"));
  expect(ranksByTime(model, "k0")).toBe(ranksByTime(model, "k0"));
  expect(codeKey(model, "k0")).toBe(codeKey(model, "k0"));
  const { register } = codeKey(model, "k0");
  const found = violationAt("regular", register);
  expect(found).not.toBe(null);
  expect(violationAt("regular", register)).toBe(found);
});

test("an acknowledged write without a version ranks below all, and of several versions a read has the newest's rank", () => {
  const scenario = new Scenario({ versions: "siblings" });
  scenario.write("v1", 0, 1);
  scenario.write("v2", 2, 3);
  scenario.read([of("v2"), of("v1")], 4, 5);
  scenario.read([of("v1"), of("v2")], 6, 7);
  scenario.read([], 8, 9);
  const events = scenario
    .events()
    .map((event) => (event.e === "ok" && event.op === 0 ? { ...event, versions: [] } : event));
  const model = modelOf(scenario.events());
  const { readRanks, writeRanks, readStartUs, writeEndUs } = ranksByTime(model, "k0");
  expect([[...readRanks], [...writeRanks], [...readStartUs], [...writeEndUs]]).toEqual([
    [1, 1, -Infinity],
    [0, 1],
    [4000, 6000, 8000],
    [1000, 3000],
  ]);
  const unread = events.filter((event) => !("op" in event && event.op >= 2));
  expect([...ranksByTime(modelOf(unread), "k0").writeRanks]).toEqual([-Infinity, 0]);
});
