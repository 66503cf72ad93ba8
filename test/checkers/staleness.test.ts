import { describe, expect, test } from "vitest";
import { behind } from "../../checkers/behind.ts";
import { chance, of, Scenario } from "./support.ts";
import { sampleSize } from "./sample-size.ts";

describe("staleness", () => {
  const strict = { promised: ["regular-stamped", "staleness"] } as const;

  test("missing what was acknowledged before the read began, by stamp", () => {
    const scenario = new Scenario(strict);
    scenario.write("v1", 0, 1);
    scenario.write("v2", 2, 3);
    const newest = scenario.write("v3", 4, 5);
    const read = scenario.read([of("v1")], 9, 10);
    const { verdict, anomalies, measurements } = scenario.check("staleness");
    expect(verdict).toBe("invalid");
    expect(anomalies[0]?.operations).toEqual([newest, read]);
    expect(measurements).toMatchObject({ reads: 1, stale: 1, versionsBehind: { p100: 2 }, behindMs: { p100: 6 } });
  });

  test("newer is by stamp, not by time, where only arbitrary stamps are promised", () => {
    const build = (level: "regular-stamped" | "regular"): Scenario => {
      const scenario = new Scenario({ promised: [level, "staleness"] });
      scenario.write("v9", 0, 1);
      scenario.write("v2", 2, 3);
      scenario.read([of("v9")], 4, 5);
      return scenario;
    };
    expect(build("regular-stamped").check("staleness").verdict).toBe("valid");
    expect(build("regular").check("staleness")).toMatchObject({ verdict: "invalid", anomalies: [{ operations: [0, 1, 2] }] });
  });

  test("concurrent and indeterminate writes cannot be missed", () => {
    const scenario = new Scenario(strict);
    scenario.write("v1", 0, 1);
    scenario.write("v2", 2, 9);
    scenario.write("v3", 2, 3, { outcome: "info" });
    scenario.read([of("v1")], 9, 10);
    expect(scenario.check("staleness").verdict).toBe("valid");
  });

  test("a value under a newer stamp than its own is as old as it is", () => {
    const scenario = new Scenario(strict);
    scenario.write("v1", 0, 1);
    scenario.write("v2", 2, 3);
    scenario.read([of("v1", "0007")], 4, 5);
    expect(scenario.check("staleness").verdict).toBe("invalid");
  });

  test("at linearizable, a new/old inversion too", () => {
    const build = (level: "regular" | "linearizable"): Scenario => {
      const scenario = new Scenario({ promised: [level, "staleness"] });
      scenario.write("v1", 0, 1);
      scenario.write("v2", 2, 20);
      scenario.read([of("v2")], 3, 4);
      scenario.read([of("v1")], 5, 6);
      return scenario;
    };
    expect(build("regular").check("staleness").verdict).toBe("valid");
    expect(build("linearizable").check("staleness").verdict).toBe("invalid");
  });

  test("below the levels: bounded by the faults and by repair, and without anti-entropy not at all", () => {
    const build = (readMs: number, faultMs: number, antiEntropy = true): Scenario => {
      const scenario = new Scenario({ promised: ["staleness"], repair: { read: "off", antiEntropy } });
      scenario.write("v1", 0, 1);
      scenario.write("v2", 9, 10);
      if (faultMs > 0) scenario.fault(0, "partition", ["n1"], 20, 20 + faultMs);
      scenario.read([of("v1")], readMs, readMs + 1);
      return scenario;
    };
    // Acknowledged at 10 ms; the bound of repair is 1000 ms, links are up 100 ms after a fault.
    expect(build(1010, 0).check("staleness").verdict).toBe("valid");
    expect(build(1011, 0).check("staleness").verdict).toBe("invalid");
    expect(build(1410, 300).check("staleness").verdict).toBe("valid");
    expect(build(1411, 300).check("staleness").verdict).toBe("invalid");
    expect(build(5000, 0, false).check("staleness")).toMatchObject({ verdict: "not-applicable", measurements: { stale: 1 } });
  });

  test("k, Δ and Γ over all keys, of milliseconds and versions", () => {
    const scenario = new Scenario({ preference: { k0: ["n1"], k1: ["n1"] } });
    for (const [i, value] of ["v1", "v2", "v3"].entries()) scenario.write(value, 10 * i, 10 * i + 1);
    scenario.write("v9", 0, 1, { key: "k1" });
    scenario.read([of("v9")], 2, 3, { key: "k1" });
    expect(scenario.check("staleness").measurements).toMatchObject({ k: 1, kAtLeast: 1, deltaMs: 0, gammaShare: 0, gammaMs: {} });
    scenario.read([of("v1")], 31, 40);
    // The read of v1 begins 10 ms after v3 was acknowledged and 20 ms after v2; v1 was acknowledged 9 ms before v2 began, 19 ms before v3.
    const measured = { k: 3, kAtLeast: 3, deltaMs: 20, gammaShare: 3 / 6, gammaMs: { p0: 9, p100: 10 } };
    expect(scenario.check("staleness").measurements).toMatchObject(measured);
    scenario.read([of("v7")], 41, 42);
    expect(scenario.check("staleness").measurements).toMatchObject({ k: null, deltaMs: "infinite", gammaMs: { p100: 10 } });
  });

  test("siblings: behind by the acknowledged writes that the context does not cover", () => {
    const scenario = new Scenario({ versions: "siblings", promised: ["staleness"] });
    scenario.write("v1", 0, 1, { version: "a:1" });
    scenario.write("v2", 2, 3, { version: "a:2" });
    scenario.write("v3", 2, 4, { version: "b:1" });
    scenario.read([of("v1", "a:1")], 9, 10, { context: { a: 1 } });
    expect(scenario.check("staleness").measurements).toMatchObject({ stale: 1, versionsBehind: { p100: 2 }, behindMs: { p100: 6 } });
  });

  const histories = sampleSize(20_000);
  test(`the sweep agrees with the definition on ${histories} random histories`, () => {
    for (let seed = 0; seed < histories; seed++) {
      const { int } = chance(seed);
      const writes = Array.from({ length: int(7) }, (_, rank) => ({ rank, acknowledgedUs: int(5) === 0 ? Infinity : int(12) }));
      const reads = Array.from({ length: 1 + int(6) }, () => ({ rank: int(8) - 1, startUs: int(14) }));
      const got = behind(
        { ranks: Float64Array.from(writes, ({ rank }) => rank), acknowledgedUs: Float64Array.from(writes, ({ acknowledgedUs }) => acknowledgedUs) },
        Float64Array.from(reads, ({ rank }) => (rank < 0 ? -Infinity : rank)),
        Float64Array.from(reads, ({ startUs }) => startUs),
      );
      const expected = reads.flatMap((read, index) => {
        const missed = writes.filter((write) => write.rank > read.rank && write.acknowledgedUs < read.startUs);
        return missed.length === 0 ? [] : { read: index, missed: missed.length, sinceUs: Math.min(...missed.map(({ acknowledgedUs }) => acknowledgedUs)), newest: Math.max(-1, ...missed.map(({ rank }) => rank)) };
      });
      expect(got.toSorted((a, b) => a.read - b.read), `seed ${seed}`).toEqual(expected);
    }
  });
});
