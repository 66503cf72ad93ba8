import { describe, expect, test } from "vitest";
import { behind } from "../../../checkers/staleness/behind.ts";
import { chance, of, Scenario } from "../support.ts";
import { sampleSize } from "../sample-size.ts";

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
    expect(measurements).toMatchObject({
      reads: 1,
      stale: 1,
      versionsBehind: { p100: 2 },
      behindMs: { p100: 6 },
    });
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
    expect(build("regular").check("staleness")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ operations: [0, 1, 2] }],
    });
  });

  test("a level that is claimed only does not tighten what the store promised of staleness", () => {
    const build = (
      claimed: readonly ("regular" | "staleness")[],
      promised: readonly "staleness"[],
    ): Scenario => {
      const scenario = new Scenario({ promised, claimed });
      scenario.write("v1", 0, 1);
      scenario.write("v2", 2, 3);
      scenario.read([of("v1")], 4, 5);
      return scenario;
    };
    expect(build(["regular"], ["staleness"]).check("staleness").verdict).toBe("valid");
    expect(build(["regular", "staleness"], []).check("staleness").verdict).toBe("invalid");
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
      const scenario = new Scenario({
        promised: ["staleness"],
        repair: { read: "off", antiEntropy },
      });
      scenario.write("v1", 0, 1);
      scenario.write("v2", 9, 10);
      if (faultMs > 0) scenario.fault(0, "partition", ["n1"], 20, 20 + faultMs);
      scenario.read([of("v1")], readMs, readMs + 1);
      return scenario;
    };
    // v2 is acknowledged at 10 ms. The repair bound is 1000 ms, and links are up again 100 ms after a fault.
    expect(build(1010, 0).check("staleness").verdict).toBe("valid");
    expect(build(1011, 0).check("staleness").verdict).toBe("invalid");
    expect(build(1410, 300).check("staleness").verdict).toBe("valid");
    expect(build(1411, 300).check("staleness").verdict).toBe("invalid");
    expect(build(5000, 0, false).check("staleness")).toMatchObject({
      verdict: "not-applicable",
      measurements: { stale: 1 },
    });
  });

  test("k, Δ and Γ over all keys, of milliseconds and versions", () => {
    const scenario = new Scenario({ preference: { k0: ["n1"], k1: ["n1"] } });
    for (const [i, value] of ["v1", "v2", "v3"].entries())
      scenario.write(value, 10 * i, 10 * i + 1);
    scenario.write("v9", 0, 1, { key: "k1" });
    scenario.read([of("v9")], 2, 3, { key: "k1" });
    expect(scenario.check("staleness").measurements).toMatchObject({
      k: 1,
      kAtLeast: 1,
      deltaMs: 0,
      gammaShare: 0,
      gammaMs: {},
    });
    scenario.read([of("v1")], 31, 40);
    // The read of v1 begins 10 ms after v3 was acknowledged and 20 ms after v2. v1 was acknowledged 9 ms before v2
    // began and 19 ms before v3.
    const measured = {
      k: 3,
      kAtLeast: 3,
      deltaMs: 20,
      gammaShare: 3 / 6,
      gammaMs: { p0: 9, p100: 10 },
    };
    expect(scenario.check("staleness").measurements).toMatchObject(measured);
    scenario.read([of("v7")], 41, 42);
    expect(scenario.check("staleness").measurements).toMatchObject({
      k: null,
      deltaMs: "infinite",
      gammaMs: { p100: 10 },
    });
  });

  test("siblings: behind by the acknowledged writes that the context does not cover", () => {
    const scenario = new Scenario({ versions: "siblings", promised: ["staleness"] });
    scenario.write("v1", 0, 1, { version: "a:1" });
    scenario.write("v2", 2, 3, { version: "a:2" });
    scenario.write("v3", 2, 4, { version: "b:1" });
    scenario.read([of("v1", "a:1")], 9, 10, { context: { a: 1 } });
    expect(scenario.check("staleness").measurements).toMatchObject({
      stale: 1,
      versionsBehind: { p100: 2 },
      behindMs: { p100: 6 },
    });
  });

  const histories = sampleSize(20_000);
  test(`the sweep agrees with the definition on ${histories} random histories`, () => {
    for (let seed = 0; seed < histories; seed++) {
      const { int } = chance(seed);
      const writes = Array.from({ length: int(7) }, (_, rank) => ({
        rank,
        acknowledgedUs: int(5) === 0 ? Infinity : int(12),
      }));
      const reads = Array.from({ length: 1 + int(6) }, () => ({
        rank: int(8) - 1,
        startUs: int(14),
      }));
      const got = behind(
        {
          ranks: Float64Array.from(writes, ({ rank }) => rank),
          acknowledgedUs: Float64Array.from(writes, ({ acknowledgedUs }) => acknowledgedUs),
        },
        Float64Array.from(reads, ({ rank }) => (rank < 0 ? -Infinity : rank)),
        Float64Array.from(reads, ({ startUs }) => startUs),
      );
      const expected = reads.flatMap((read, index) => {
        const missed = writes.filter(
          (write) => write.rank > read.rank && write.acknowledgedUs < read.startUs,
        );
        return missed.length === 0
          ? []
          : {
              read: index,
              missed: missed.length,
              sinceUs: Math.min(...missed.map(({ acknowledgedUs }) => acknowledgedUs)),
              newest: Math.max(-1, ...missed.map(({ rank }) => rank)),
            };
      });
      expect(
        got.toSorted((a, b) => a.read - b.read),
        `seed ${seed}`,
      ).toEqual(expected);
    }
  });
});

describe("the sentence of a stale read", () => {
  test("by stamp, with what each replica had and the faults between", () => {
    const scenario = new Scenario({ promised: ["regular-stamped", "staleness"] })
      .fault(0, "partition", ["n3"], 3, 7)
      .fault(1, "kill", ["n1"], 20, 30);
    scenario.write("v1", 0, 1);
    scenario.write("v2", 2, 3);
    const request = { frame: "replica-read", trace: 2, request: 0, key: "k0" } as const;
    scenario
      .frame("sent", "n1", "n3", 9.1, request)
      .frame("received", "n1", "n3", 9.2, { ...request, frame: "replica-read-ok", versions: [] });
    scenario.read([of("v1")], 9, 10, { client: "c1" });
    scenario.write("v3", 2, 4);
    scenario.read([], 8, 10, { client: "c2" });
    scenario
      .sync("n1", 3, { key: "k0", versions: ["0003"] })
      .sync("n2", 11, { key: "k0", versions: ["0003"] })
      .sync("n3", 3, { key: "k0", versions: ["0001"] });
    expect(scenario.check("staleness")).toEqual({
      verdict: "invalid",
      anomalies: [
        {
          guarantee: "staleness",
          explanation:
            "read 4 of k0 by c2 returned nothing, although write 3 (v3), a newer version, was acknowledged 4.0 ms before the read began; the read was 3 versions and 7.0 ms behind",
          operations: [3, 4],
          key: "k0",
          atUs: 10000,
          because: [
            "n2 synced write 3 (v3), or a newer version, only 3.0 ms after read 4 began",
            "n3 never synced write 3 (v3)",
            "fault 0 (partition of n3) began at 3.0 ms and was healed at 7.0 ms",
          ],
        },
        {
          guarantee: "staleness",
          explanation:
            "read 2 of k0 by c1 returned v1, although write 3 (v3), a newer version, was acknowledged 5.0 ms before the read began; the read was 2 versions and 6.0 ms behind",
          operations: [3, 2],
          key: "k0",
          atUs: 10000,
          because: [
            "n3 answered read 2 with nothing",
            "n2 synced write 3 (v3), or a newer version, only 2.0 ms after read 2 began",
            "n3 never synced write 3 (v3)",
            "fault 0 (partition of n3) began at 3.0 ms and was healed at 7.0 ms",
          ],
        },
      ],
      judged: 2,
      measurements: {
        reads: 2,
        stale: 2,
        missedByTime: 2,
        behindMs: { p0: 6, p50: 6, p95: 7, p99: 7, p100: 7 },
        versionsBehind: { p0: 2, p50: 2, p95: 3, p99: 3, p100: 3 },
        k: 4,
        kAtLeast: 4,
        deltaMs: 7,
        gammaShare: 1,
        gammaMs: { p0: 4, p50: 5, p95: 7, p99: 7, p100: 7 },
        visibility: {
          reads: 2,
          current: 0,
          share: 0,
          low: 0,
          high: 0.6576197760453506,
          predicted: 1,
          predictedAtOnce: 1,
          predictedAfterMs: { p50: 0, p95: 0, p99: 0, p999: 0 },
          quorumMiss: 0,
          withinVersions: { "1": 1, "2": 1, "3": 1, "5": 1, "10": 1 },
        },
        visibilityByAge: [
          {
            fromMs: 2,
            toMs: 5,
            reads: 1,
            current: 0,
            share: 0,
            low: 0,
            high: 0.7934506882081973,
            predicted: 1,
          },
          {
            fromMs: 5,
            toMs: 10,
            reads: 1,
            current: 0,
            share: 0,
            low: 0,
            high: 0.7934506882081973,
            predicted: 1,
          },
        ],
        staleReads: [
          { op: 4, missed: 3, behindMs: 7, versions: 3 },
          { op: 2, missed: 3, behindMs: 6, versions: 2 },
        ],
      },
    });
  });

  test("names the client whose clock was off when it stamped the write that lost", () => {
    const scenario = new Scenario({ promised: ["regular", "staleness"] });
    const clock = (client: string, detail: string) => ({
      clients: [client],
      effects: ["clock-off"],
      detail,
    });
    scenario.fault(
      0,
      "client-clock",
      [],
      0,
      9,
      clock("c1", "the clock of client c1 is 5 ms behind,"),
    );
    scenario.fault(
      1,
      "client-clock",
      [],
      0,
      9,
      clock("c2", "the clock of client c2 is 7 ms ahead,"),
    );
    scenario.write("v9", 0, 1, { client: "c3" });
    scenario.write("v2", 2, 3, { client: "c1" });
    scenario.read([of("v9")], 4, 5, { client: "c2" });
    expect(scenario.check("staleness").anomalies[0]?.because).toContain(
      "while write 1 (v2) was stamped: the clock of client c1 is 5 ms behind",
    );
    expect(JSON.stringify(scenario.check("staleness").anomalies)).not.toContain("client c2 is 7");
  });

  test("by time: begun after what was returned had ended, or after nothing at all", () => {
    const scenario = new Scenario({ promised: ["regular", "staleness"] });
    scenario.write("v9", 0, 1);
    scenario.write("v2", 2, 3);
    scenario.read([of("v9")], 4, 5, { client: "c1" });
    scenario.read([of("v9", "0001")], 14, 15, { client: "c1", key: "k1" });
    expect(scenario.check("staleness").anomalies).toEqual([
      {
        guarantee: "staleness",
        explanation:
          "read 2 of k0 by c1 returned v9, although write 1 (v2), begun after write 0 (v9) had ended, was acknowledged 1.0 ms before the read began",
        operations: [0, 1, 2],
        key: "k0",
        atUs: 5000,
        because: [
          "write 0 (v9) has the higher stamp: 0009 is above 0002, the stamp of write 1 (v2)",
        ],
      },
    ]);
    const initial = new Scenario({
      evidence: false,
      promised: ["linearizable", "staleness"],
      preference: { k0: ["n1"] },
    });
    initial.write("v1", 0, 1, { version: "" });
    initial.read([], 4, 5, { client: "c1" });
    expect(initial.check("staleness").anomalies).toEqual([
      {
        guarantee: "staleness",
        explanation:
          "read 1 of k0 by c1 returned nothing, although write 0 (v1), a newer version, was acknowledged 3.0 ms before the read began; the read was 1 version and 3.0 ms behind",
        operations: [0, 1],
        key: "k0",
        atUs: 5000,
      },
    ]);
  });

  test("what stands in for a replica has no bound: no exchange tells it what was written before", () => {
    const anomalies = (
      quorums: "strict" | "sloppy",
      answeredBy: readonly string[],
      options: { readonly fault?: boolean; readonly late?: readonly string[] } = {},
    ): number => {
      const scenario = new Scenario({
        nodes: ["n1", "n2", "n3", "n4"],
        promised: ["staleness"],
        quorums,
        preference: { k0: ["n2", "n3", "n4"] },
      });
      if (options.fault === true) scenario.fault(0, "kill", ["n2"], 1990, 2100);
      scenario.write("v1", 0, 1);
      const op = scenario.read([], 2000, 2004, { client: "c1" });
      const reply = (peer: string, request: number, atMs: number): void => {
        scenario.frame("sent", "n1", peer, 2001, {
          frame: "replica-read",
          trace: op,
          request,
          key: "k0",
        });
        scenario.frame("received", "n1", peer, atMs, {
          frame: "replica-read-ok",
          trace: op,
          request,
          key: "k0",
          versions: [],
        });
      };
      answeredBy.forEach((peer, index) => reply(peer, index, 2002));
      if (answeredBy.length > 0)
        scenario.frame("sent", "n1", "c1", 2003, {
          frame: "client-read-ok",
          trace: op,
          key: "k0",
          versions: [],
        });
      (options.late ?? []).forEach((peer, index) => reply(peer, 10 + index, 2004));
      return scenario.check("staleness").anomalies.length;
    };
    expect([anomalies("sloppy", ["n1"]), anomalies("sloppy", ["n1"], { late: ["n2"] })]).toEqual([
      0, 0,
    ]);
    expect([
      anomalies("strict", ["n1"]),
      anomalies("sloppy", ["n2"]),
      anomalies("sloppy", ["n1", "n2"]),
    ]).toEqual([1, 1, 1]);
    // If it is not known which nodes answered, the read is excused only while a replica may have been unreachable.
    expect([
      anomalies("sloppy", []),
      anomalies("sloppy", [], { fault: true }),
      anomalies("strict", [], { fault: true }),
    ]).toEqual([1, 0, 1]);
  });

  test("beyond the bound of repair, by how much", () => {
    const scenario = new Scenario({ promised: ["staleness"] });
    scenario.write("v1", 0, 1);
    scenario.write("v2", 9, 10);
    scenario.read([of("v1")], 1012.5, 1014, { client: "c1" });
    expect(scenario.check("staleness").anomalies).toEqual([
      {
        guarantee: "staleness",
        explanation:
          "read 2 of k0 by c1 returned v1, although write 1 (v2), a newer version, was acknowledged 1002.5 ms before the read began; the read was 1 version and 1002.5 ms behind, 2.5 ms more than faults and the bound of repair allow",
        operations: [1, 2],
        key: "k0",
        atUs: 1014000,
      },
    ]);
    expect(
      new Scenario({ promised: ["staleness"], repair: { read: "off", antiEntropy: false } }).check(
        "staleness",
      ),
    ).toEqual({
      verdict: "not-applicable",
      reason:
        "neither a promised guarantee of registers nor anti-entropy bounds how far a read may be behind, so staleness is measured and not judged",
      anomalies: [],
      judged: 0,
      measurements: {
        reads: 0,
        stale: 0,
        missedByTime: 0,
        behindMs: {},
        versionsBehind: {},
        k: 1,
        kAtLeast: 1,
        deltaMs: 0,
        gammaShare: 0,
        gammaMs: {},
        staleReads: [],
      },
    });
  });

  test("a linearizable history is atomic besides: the anomaly is staleness's own, and only where nothing else was found", () => {
    const scenario = new Scenario({ promised: ["linearizable", "staleness"] });
    scenario.write("v1", 0, 1);
    scenario.write("v2", 2, 20);
    scenario.read([of("v2")], 3, 4);
    scenario.read([of("v1")], 5, 6);
    expect(scenario.check("staleness").anomalies).toEqual([
      {
        guarantee: "staleness",
        explanation:
          "read 3 of k0 by other3 returned v1, although read 2 of k0 by other2 had returned v2 1.0 ms before the read began, and write 1 (v2) began 1.0 ms after write 0 (v1) was acknowledged",
        operations: [0, 1, 2, 3],
        key: "k0",
        atUs: 6000,
      },
    ]);
    scenario.read([], 30, 31);
    expect(scenario.check("staleness").anomalies.map(({ operations }) => operations)).toEqual([
      [1, 4],
    ]);
  });
});

describe("what the bound allows", () => {
  /**
   * By how many ms a read exceeds the bound. The read begins at `readMs` and misses v1, which was acknowledged at 10
   * ms.
   */
  const excessMs = (scenario: Scenario, readMs: number): number | undefined => {
    scenario.write("v1", 9, 10);
    scenario.read([], readMs, readMs + 1);
    const found = /, ([\d.]+) ms more than faults/.exec(
      scenario.check("staleness").anomalies[0]?.explanation ?? "",
    );
    return found === null ? undefined : Number(found[1]);
  };
  const observed = (): Scenario => new Scenario({ promised: ["staleness"] });

  test("faults that overlap or touch count once, whatever their order", () => {
    expect(excessMs(observed(), 2010)).toBe(1000);
    // The links are up again 100 ms after the end of each fault.
    expect(excessMs(observed().fault(0, "partition", ["n1"], 100, 200), 2010)).toBe(800);
    expect(
      excessMs(
        observed().fault(0, "partition", ["n1"], 100, 300).fault(1, "kill", ["n2"], 150, 200),
        2010,
      ),
    ).toBe(700);
    expect(
      excessMs(
        observed().fault(0, "partition", ["n1"], 100, 200).fault(1, "kill", ["n2"], 150, 300),
        2010,
      ),
    ).toBe(700);
    expect(
      excessMs(
        observed().fault(0, "partition", ["n1"], 100, 200).fault(1, "kill", ["n2"], 300, 400),
        2010,
      ),
    ).toBe(600);
    expect(
      excessMs(
        observed().fault(0, "partition", ["n1"], 500, 600).fault(1, "kill", ["n2"], 100, 200),
        2010,
      ),
    ).toBe(600);
  });

  test("only while the read was behind", () => {
    expect(excessMs(observed().fault(0, "partition", ["n1"], 0, 5), 2010)).toBe(905);
    expect(excessMs(observed().fault(0, "partition", ["n1"], 2000, 2500), 2010)).toBe(990);
    expect(excessMs(observed().fault(0, "partition", ["n1"], 2050, 2500), 2010)).toBe(1000);
  });

  test("the final phase's restart of all nodes, from its beginning until links are up", () => {
    expect(
      excessMs(
        observed()
          .phase("operations", 0)
          .phase("final-phase", 100)
          .phase("restarted", 300)
          .phase("sweep", 900),
        2010,
      ),
    ).toBe(700);
    expect(excessMs(observed().phase("final-phase", 1100), 2010)).toBe(90);
    expect(excessMs(observed().phase("restarted", 300), 2010)).toBe(1000);
    expect(
      excessMs(
        observed()
          .fault(0, "kill", ["n1"], 500, 600)
          .phase("final-phase", 100)
          .phase("restarted", 300),
        2010,
      ),
    ).toBe(500);
  });
});

describe("siblings, in detail", () => {
  test("the missed write that is named is the one acknowledged last, and each actor's dots are an order of their own", () => {
    const scenario = new Scenario({ versions: "siblings", promised: ["staleness"] });
    scenario.write("v1", 0, 1, { version: "a:1" });
    scenario.write("v2", 2, 5, { version: "a:2" });
    scenario.write("v3", 2, 4, { version: "b:2" });
    scenario.write("v4", 0, 3, { version: "b:1" });
    scenario.write("v5", 0, 3, { version: "c:1", outcome: "info" });
    scenario.write("v8", 0, 5, { version: "d:3" });
    scenario.write("v6", 0, 3, { version: "d:1" });
    scenario.write("v7", 0, 4, { version: "d:2" });
    scenario.read([], 9, 10, { context: { a: 2, b: 2, d: 2 } });
    scenario.read([], 9, 10);
    scenario.read([], 9, 10, { context: { toString: 1, b: 2 } });
    scenario.read([], 9, 10, { context: { a: 2, b: 1 } });
    expect(scenario.check("staleness").measurements?.["staleReads"]).toEqual([
      { op: 9, missed: 5, behindMs: 8, versions: 7 },
      { op: 10, missed: 5, behindMs: 8, versions: 5 },
      { op: 11, missed: 5, behindMs: 6, versions: 4 },
      { op: 8, missed: 5, behindMs: 4, versions: 1 },
    ]);
  });
});

test("k is of all keys, and of linearizability: a new/old inversion is 2-atomic", () => {
  const scenario = new Scenario({ preference: { k0: ["n1"], k1: ["n1"] } });
  scenario.write("v1", 0, 1);
  scenario.write("v2", 2, 20);
  scenario.read([of("v2")], 3, 4);
  scenario.read([of("v1")], 5, 6);
  expect(scenario.check("staleness").measurements).toMatchObject({ k: 2, kAtLeast: 2, deltaMs: 1 });
  const unknown = new Scenario({ preference: { k0: ["n1"], k1: ["n1"] } });
  unknown.read([of("v9")], 0, 1);
  for (const key of ["k1"]) {
    unknown.write("v1", 0, 1, { key });
    unknown.write("v2", 2, 3, { key });
    unknown.read([of("v1")], 4, 5, { key });
  }
  expect(unknown.check("staleness").measurements).toMatchObject({
    k: null,
    kAtLeast: 2,
    deltaMs: "infinite",
  });
});

test("siblings have no k", () => {
  const scenario = new Scenario({ versions: "siblings" });
  scenario.write("v1", 0, 1, { version: "a:1" });
  scenario.read([of("v1", "a:1")], 2, 3, { context: { a: 1 } });
  expect(scenario.check("staleness").measurements).not.toHaveProperty("k");
});
