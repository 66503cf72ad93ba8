import { describe, expect, test } from "vitest";
import { chance, of, Scenario } from "../support.ts";
import { sampleSize } from "../sample-size.ts";
import type { StoreCause } from "../../../checkers/index.ts";

const written = (overrides: ConstructorParameters<typeof Scenario>[0] = {}): Scenario => {
  const scenario = new Scenario(overrides);
  scenario.write("v1", 0, 1);
  return scenario.phase("final-phase", 90).phase("restarted", 100);
};
const final = (scenario: Scenario, atMs: number, held: readonly string[]): Scenario => {
  held.forEach((value, i) =>
    scenario.inspect("final", atMs, `n${i + 1}`, value === "" ? [] : [of(value)]),
  );
  return scenario;
};

describe("converged", () => {
  test("equal replicas, with the time that each took", () => {
    const scenario = written()
      .inspect("poll", 150, "n3", [])
      .inspect("poll", 400, "n3", [of("v1")]);
    const { verdict, measurements } = final(scenario, 700, ["v1", "v1", "v1"]).check("converged");
    expect(verdict).toBe("valid");
    expect(measurements?.["keys"]).toMatchObject({
      k0: { equal: true, replicas: { n3: { settledMs: 300 } } },
    });
  });

  test("replicas that differ once the bound has passed, and before", () => {
    expect(final(written(), 1200, ["v1", "v1", ""]).check("converged")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ key: "k0", operations: [0] }],
    });
    expect(final(written(), 1000, ["v1", "v1", ""]).check("converged").verdict).toBe("unknown");
  });

  test("a claim is judged where no repair is on, and broken by replicas that stay different", () => {
    const claimed = (): Scenario =>
      written({ repair: { read: "off", antiEntropy: false }, claimed: ["converged"] });
    expect(final(claimed(), 1200, ["v1", "v1", ""]).check("converged").verdict).toBe("invalid");
    expect(final(claimed(), 1200, ["v1", "v1", "v1"]).check("converged").verdict).toBe("valid");
    const unclaimed = written({ repair: { read: "off", antiEntropy: false } });
    expect(final(unclaimed, 1200, ["v1", "v1", ""]).check("converged").verdict).toBe(
      "not-applicable",
    );
  });

  test("the same version under another value is another state", () => {
    const scenario = written();
    scenario.write("v2", 2, 3);
    for (const [node, value] of [
      ["n1", "v1"],
      ["n2", "v2"],
      ["n3", "v1"],
    ] as const)
      scenario.inspect("final", 1200, node, [of(value, "0009")]);
    expect(scenario.check("converged").verdict).toBe("invalid");
  });

  test("equal at last, but seen unequal after the bound", () => {
    const scenario = written().inspect("poll", 1101, "n2", []);
    expect(final(scenario, 1200, ["v1", "v1", "v1"]).check("converged").verdict).toBe("invalid");
    const inTime = written().inspect("poll", 1099, "n2", []);
    expect(final(inTime, 1200, ["v1", "v1", "v1"]).check("converged").verdict).toBe("valid");
  });

  test("on a real clock repair that still makes progress is unknown, and one that has stopped is not", () => {
    const moving = written({ on: "docker" })
      .inspect("poll", 1050, "n2", [])
      .inspect("poll", 1100, "n2", [of("v1")]);
    expect(final(moving, 1200, ["v1", "v1", ""]).check("converged").verdict).toBe("unknown");
    const stopped = written({ on: "docker" })
      .inspect("poll", 150, "n2", [])
      .inspect("poll", 200, "n2", [of("v1")]);
    expect(final(stopped, 1200, ["v1", "v1", ""]).check("converged").verdict).toBe("invalid");
  });

  test("on a real clock two replicas that swap their values for ever make no progress", () => {
    const swapping = written({ on: "docker" });
    swapping.write("v2", 2, 3);
    const swap = (atMs: number, here: string, there: string): void =>
      void swapping
        .inspect("poll", atMs, "n1", [of(here)])
        .inspect("poll", atMs, "n2", [of(there)]);
    for (let atMs = 150; atMs < 1150; atMs += 100)
      swap(atMs, atMs % 200 === 150 ? "v1" : "v2", atMs % 200 === 150 ? "v2" : "v1");
    expect(final(swapping, 1200, ["v1", "v2", "v1"]).check("converged").verdict).toBe("invalid");
  });

  test("equal in what nobody wrote", () => {
    expect(final(written(), 200, ["v8", "v8", "v8"]).check("converged").verdict).toBe("invalid");
  });

  test("a replica that was not inspected, or an ending that did not come, is unknown", () => {
    expect(final(written(), 200, ["v1", "v1"]).check("converged").verdict).toBe("unknown");
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    expect(final(scenario, 200, ["v1", "v1", "v1"]).check("converged").verdict).toBe("unknown");
  });

  test("read repair alone: only keys that a read of all replicas covered, from that read on", () => {
    const repair = { read: "async", antiEntropy: false } as const;
    expect(final(written({ repair }), 1200, ["v1", "v1", ""]).check("converged").verdict).toBe(
      "not-applicable",
    );
    const covered = (r: number, outcome: "ok" | "info"): Scenario => {
      const scenario = written({ repair });
      scenario.read([of("v1")], 120, 300, { r, outcome });
      return scenario;
    };
    expect(final(covered(3, "ok"), 1350, ["v1", "v1", ""]).check("converged").verdict).toBe(
      "invalid",
    );
    expect(final(covered(3, "ok"), 1250, ["v1", "v1", ""]).check("converged").verdict).toBe(
      "unknown",
    );
    expect(final(covered(2, "ok"), 1350, ["v1", "v1", ""]).check("converged").verdict).toBe(
      "not-applicable",
    );
    expect(final(covered(3, "info"), 1350, ["v1", "v1", ""]).check("converged").verdict).toBe(
      "not-applicable",
    );
  });

  const histories = sampleSize(20_000);
  describe("handoff alone", () => {
    const handoff = { windowUs: 60_000_000, keptWithinUs: 20_000, hintedErrors: ["timeout"] };
    const judged = (
      change: (scenario: Scenario) => unknown,
      more: Partial<typeof handoff> = {},
    ): string => {
      const scenario = new Scenario({
        repair: { read: "off", antiEntropy: false, handoff: { ...handoff, ...more } },
      });
      scenario.write("v1", 10, 11);
      change(scenario);
      return final(scenario.phase("healed", 90).phase("restarted", 100), 1200, [
        "v1",
        "v1",
        "",
      ]).check("converged").verdict;
    };

    test("covers a key whose coordinators lived until they had hints", () => {
      expect(judged(() => {})).toBe("invalid");
      expect(judged((scenario) => scenario.fault(0, "kill", ["n1"], 40, 50))).toBe("invalid");
      expect(judged((scenario) => scenario.fault(0, "kill", ["n2"], 5, 20))).toBe("invalid");
    });

    test.each(["kill", "pause"])("not one whose coordinator met a %s before", (kind) => {
      expect(judged((scenario) => scenario.fault(0, kind, ["n1"], 30, 50))).toBe("not-applicable");
    });

    test("not one whose writes end too close to the restart, met too small a window, a lost disk or a lying clock, or are indeterminate", () => {
      expect(judged((scenario) => scenario.write("v2", 70, 80))).toBe("not-applicable");
      expect(judged(() => {}, { windowUs: 1_000_000 })).toBe("not-applicable");
      expect(judged((scenario) => scenario.fault(0, "disk", ["n2"], 40, 50))).toBe(
        "not-applicable",
      );
      expect(judged((scenario) => scenario.fault(0, "clock", ["n2"], 40, 50))).toBe(
        "not-applicable",
      );
      expect(
        judged((scenario) => scenario.write("v2", 12, 13, { outcome: "info" }), {
          hintedErrors: [],
        }),
      ).toBe("not-applicable");
      expect(judged((scenario) => scenario.write("v2", 12, 13, { outcome: "info" }))).toBe(
        "invalid",
      );
    });
  });

  test(`agrees with the definition on ${histories} random endings`, () => {
    const counts = { valid: 0, invalid: 0, unknown: 0 };
    for (let seed = 0; seed < histories; seed++) {
      const { int, pick } = chance(seed);
      const scenario = written();
      scenario.write("v2", 2, 3);
      const finalMs = pick([1000, 1300]);
      const seen: { atMs: number; value: string }[] = [];
      const finals = ["n1", "n2", "n3"].map((node) => {
        const value = pick(["v1", "v2", "v2", "v2"]);
        for (const atMs of [400, 800, 1100, 1200]) {
          if (atMs >= finalMs || int(3) > 0) continue;
          const earlier = pick(["", "v1", value, value, value]);
          seen.push({ atMs, value: earlier });
          scenario.inspect("poll", atMs, node, earlier === "" ? [] : [of(earlier)]);
        }
        return value;
      });
      const equal = new Set(finals).size === 1;
      // The nodes were restarted at 100 ms, and the repair bound is 1000 ms. So states read after 1100 ms must equal
      // the final one.
      const lateUnequal = seen.some(({ atMs, value }) => atMs > 1100 && value !== finals[0]);
      const expected = equal
        ? lateUnequal
          ? "invalid"
          : "valid"
        : finalMs < 1100
          ? "unknown"
          : "invalid";
      counts[expected]++;
      const { verdict } = final(scenario, finalMs, finals).check("converged");
      if (verdict !== expected) expect.fail(`seed ${seed}: ${verdict}, but it is ${expected}`);
    }
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(histories / 15);
  });

  test("names the mechanism that ended each divergence, and none for the write itself", () => {
    const brought = (node: string, cause: StoreCause, atMs: number, scenario: Scenario): void => {
      scenario.frame("received", node, "n1", atMs, {
        frame: "replica-write",
        trace: 0,
        request: 1,
        cause,
        key: "k0",
        versions: ["0001"],
      });
      scenario.sync(node, atMs + 1, { key: "k0", versions: ["0001"] });
    };
    const scenario = written();
    brought("n1", "write", 1, scenario);
    brought("n2", "read-repair", 20, scenario);
    brought("n3", "anti-entropy", 60, scenario);
    const { measurements } = final(scenario, 700, ["v1", "v1", "v1"]).check("converged");
    expect(measurements?.["divergencesEndedBy"]).toEqual({ "read-repair": 1, "anti-entropy": 1 });
    expect(measurements?.["keys"]).toMatchObject({
      k0: {
        replicas: {
          n1: { lastDivergence: null },
          n2: { lastDivergence: { mechanism: "read-repair", behindMs: 19 } },
          n3: { lastDivergence: { behindMs: 59 } },
        },
      },
    });
  });
});

describe("repair-quiescent", () => {
  const quiet = (
    repairMs: number | null,
    cause: "read-repair" | "stream" = "read-repair",
  ): Scenario => {
    const scenario = final(written(), 200, ["v1", "v1", "v1"]);
    scenario.read([of("v1")], 210, 211, { final: true });
    for (const node of ["n1", "n2", "n3"])
      scenario.frame("sent", node, node, 1, { frame: "other", detail: "alive" });
    if (repairMs !== null)
      scenario.frame("sent", "n1", "n2", repairMs, {
        frame: "replica-write",
        trace: 1,
        request: 1,
        cause,
        key: "k0",
        versions: ["0001"],
      });
    return scenario;
  };

  test("repair before the final inspection is fine, after it is not", () => {
    expect(quiet(null).check("repair-quiescent").verdict).toBe("valid");
    expect(quiet(150).check("repair-quiescent").verdict).toBe("valid");
    expect(quiet(212).check("repair-quiescent")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ operations: [1] }],
    });
  });

  test("a node that hands over what it owns no more repairs nobody", () => {
    expect(quiet(212, "stream").check("repair-quiescent").verdict).toBe("valid");
  });

  test("without another read, and with lost evidence, it is unknown", () => {
    expect(final(written(), 200, ["v1", "v1", "v1"]).check("repair-quiescent").verdict).toBe(
      "unknown",
    );
    expect(
      quiet(null)
        .gap("n2")
        .frame("sent", "n2", "n2", 300, { frame: "other", detail: "alive" })
        .check("repair-quiescent").verdict,
    ).toBe("unknown");
  });
});

describe("repair-quiescent, in detail", () => {
  const finalMs = 200;
  /** All replicas hold v1 in the end, and there is evidence of each node. Tests add further events. */
  const settled = (overrides: ConstructorParameters<typeof Scenario>[0] = {}): Scenario => {
    const scenario = final(written(overrides), finalMs, ["v1", "v1", "v1"]);
    for (const node of ["n1", "n2", "n3"])
      scenario.frame("sent", node, node, 1, { frame: "other", detail: "alive" });
    return scenario;
  };
  const repair = (atMs: number, trace?: number) =>
    [
      "sent",
      "n1",
      "n2",
      atMs,
      {
        frame: "replica-write",
        ...(trace === undefined ? {} : { trace }),
        request: 1,
        cause: "read-repair",
        key: "k0",
        versions: ["0001", "0002"],
      },
    ] as const;

  test("hints that are still kept when the replicas have stopped changing break it", () => {
    const handoff = { windowUs: 1e9, keptWithinUs: 1e6, hintedErrors: [] };
    const stopped = "replicas had stopped changing";
    const kept = (phase: "quiet" | "not-quiet", detail: string, hintFor = "n3"): Scenario => {
      const scenario = settled({ repair: { read: "async", antiEntropy: true, handoff } })
        .phase(phase, finalMs - 1, detail)
        .sync("n1", 3, { key: "k0", versions: ["0001"], hintFor });
      scenario.read([of("v1")], 210, 211, { final: true });
      return scenario;
    };
    expect(kept("not-quiet", stopped).check("repair-quiescent")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ explanation: expect.stringContaining("nodes still kept hints for others") }],
    });
    expect(kept("quiet", stopped).check("repair-quiescent").verdict).toBe("valid");
    expect(
      kept("not-quiet", "replicas were still changing").check("repair-quiescent").verdict,
    ).toBe("valid");
    const handed = kept("not-quiet", stopped)
      .frame("sent", "n1", "n3", 20, {
        frame: "replica-write",
        request: 7,
        cause: "handoff",
        key: "k0",
        versions: ["0001"],
      })
      .frame("received", "n1", "n3", 21, { frame: "replica-write-ok", request: 7, key: "k0" });
    expect(handed.check("repair-quiescent").verdict).toBe("valid");
  });

  test("a node may send something to itself", () => {
    const scenario = settled().frame("sent", "n1", "n1", 212, {
      frame: "replica-write",
      request: 1,
      cause: "read-repair",
      key: "k0",
      versions: ["0002"],
    });
    expect(
      scenario.check("repair-quiescent").anomalies.map(({ explanation }) => explanation),
    ).toEqual([
      "the replicas of k0 were equal at 200.0 ms, but n1 still sent itself the version 0002 (made for no operation) at 212.0 ms, by read-repair",
    ]);
  });

  test("the sentence names the node, the frame and the read that caused it", () => {
    const scenario = settled();
    scenario.read([of("v1")], 210, 211, { final: true, client: "c1" });
    scenario.read([of("v1")], 220, 221, { final: true, client: "c2" });
    expect(scenario.frame(...repair(212, 1)).check("repair-quiescent")).toEqual({
      verdict: "invalid",
      anomalies: [
        {
          guarantee: "repair-quiescent",
          explanation:
            "the replicas of k0 were equal at 200.0 ms, but n1 still sent n2 v1 (write 0), the version 0002 (made for no operation) at 212.0 ms, by read-repair of read 1 of k0 by c1",
          operations: [1],
          key: "k0",
          atUs: 212000,
        },
      ],
      judged: 1,
      measurements: {},
    });
    const unknownCause = settled();
    unknownCause.read([of("v1")], 210, 211, { final: true, client: "c1" });
    unknownCause.read([of("v1")], 220, 221, { final: true, client: "c2" });
    expect(unknownCause.frame(...repair(212)).check("repair-quiescent").anomalies).toEqual([
      {
        guarantee: "repair-quiescent",
        explanation:
          "the replicas of k0 were equal at 200.0 ms, but n1 still sent n2 v1 (write 0), the version 0002 (made for no operation) at 212.0 ms, by read-repair (read 2 read the key again)",
        operations: [2],
        key: "k0",
        atUs: 212000,
      },
    ]);
    expect(
      settled()
        .frame(...repair(212))
        .check("repair-quiescent").anomalies,
    ).toEqual([
      {
        guarantee: "repair-quiescent",
        explanation:
          "the replicas of k0 were equal at 200.0 ms, but n1 still sent n2 v1 (write 0), the version 0002 (made for no operation) at 212.0 ms, by read-repair",
        operations: [],
        key: "k0",
        atUs: 212000,
      },
    ]);
  });

  test("the first by time, when it was sent before, and in which order each replica holds the same", () => {
    const scenario = written({ versions: "siblings", stamps: "none" });
    const [one, two] = [of("v1", "0001"), of("v2", "0002")];
    scenario.write("v2", 0, 1, { version: "0002" });
    for (const [node, held] of [
      ["n1", [one, two]],
      ["n2", [two, one]],
      ["n3", [one, two]],
    ] as const)
      scenario.inspect("final", finalMs, node, held);
    scenario.read([one, two], 210, 211, { final: true });
    const exchange = {
      frame: "replica-write",
      request: 1,
      cause: "anti-entropy",
      key: "k0",
      versions: ["0001", "0002"],
    } as const;
    scenario.frame("sent", "n1", "n2", 300, exchange);
    for (const atMs of [130, 250]) scenario.frame("sent", "n2", "n3", atMs, exchange);
    expect(scenario.check("repair-quiescent").anomalies).toMatchObject([
      {
        explanation:
          "the replicas of k0 were equal at 200.0 ms, but n2 again sent n3 v1 (write 0), v2 (write 1) at 250.0 ms, as at 130.0 ms, by anti-entropy",
        operations: [2],
        because: [
          "n1 and n3 hold v1 (write 0), v2 (write 1), in this order",
          "n2 holds v2 (write 1), v1 (write 0), in this order",
        ],
      },
    ]);
  });

  test("repair at the very time of the final inspection is still in time, and the read may begin with it", () => {
    const scenario = settled().frame(...repair(finalMs));
    scenario.read([of("v1")], finalMs, 211, { final: true });
    expect(scenario.check("repair-quiescent").verdict).toBe("valid");
  });

  test.each<[string, (scenario: Scenario) => void]>([
    [
      "one before the final inspection",
      (scenario) => void scenario.read([of("v1")], finalMs - 1, finalMs + 1, { final: true }),
    ],
    [
      "one that is not of the final phase's sweep",
      (scenario) => void scenario.read([of("v1")], 210, 211),
    ],
    [
      "one that was not answered",
      (scenario) => void scenario.read([], 210, 211, { final: true, outcome: "info" }),
    ],
    ["a write", (scenario) => void scenario.write("v2", 210, 211, { final: true })],
    [
      "one of another key",
      (scenario) => void scenario.read([], 210, 211, { final: true, key: "k1" }),
    ],
  ])("another read that does not count: %s", (_, add) => {
    const scenario = settled();
    add(scenario);
    expect(scenario.check("repair-quiescent")).toMatchObject({
      verdict: "unknown",
      reason: "no read of k0 succeeded after its replicas were equal",
    });
  });

  test("why it cannot be told", () => {
    expect(new Scenario({ evidence: false }).check("repair-quiescent")).toEqual({
      verdict: "not-applicable",
      reason: "needs evidence: the Host recorded no evidence",
      anomalies: [],
      judged: 0,
    });
    expect(new Scenario().check("repair-quiescent")).toEqual({
      verdict: "unknown",
      reason: "the final phase did not heal all faults and start the nodes again",
      anomalies: [],
      judged: 0,
      measurements: {},
    });
    expect(final(written(), finalMs, ["v1", "v1"]).check("repair-quiescent")).toEqual({
      verdict: "unknown",
      reason: "not every replica of k0 was inspected after the final phase: n3 missing",
      anomalies: [],
      judged: 0,
      measurements: {},
    });
    expect(final(written(), finalMs, ["v1", "v1", ""]).check("repair-quiescent")).toEqual({
      verdict: "unknown",
      reason: "the replicas of k0 did not become equal",
      anomalies: [],
      judged: 0,
      measurements: {},
    });
    expect(
      final(written({ repair: { read: "off", antiEntropy: false } }), finalMs, [
        "v1",
        "v1",
        "v1",
      ]).check("repair-quiescent"),
    ).toEqual({
      verdict: "not-applicable",
      reason: "no repair mechanism covers any key, so the replicas need not become equal",
      anomalies: [],
      judged: 0,
    });
    const lost = final(written(), finalMs, ["v1", "v1", "v1"]);
    lost.read([of("v1")], 210, 211, { final: true });
    expect(lost.check("repair-quiescent")).toEqual({
      verdict: "unknown",
      reason: "evidence of the final phase is missing",
      anomalies: [],
      judged: 0,
      measurements: {},
    });
  });
});

describe("what converged says", () => {
  test("of replicas that differ: what each holds of whose, and the faults of all the run", () => {
    const scenario = written()
      .fault(0, "partition", ["n3"], 2, 50)
      .fault(1, "kill", ["n1"], 1300, 1400);
    scenario.write("v2", 2, 3);
    expect(final(scenario, 1200, ["v1", "v2", ""]).check("converged")).toEqual({
      verdict: "invalid",
      anomalies: [
        {
          guarantee: "converged",
          explanation:
            "1100.0 ms after repair could begin (bound 1000.0 ms) the replicas of k0 still differ: n1 holds v1 (write 0); n2 holds v2 (write 1); n3 holds nothing",
          operations: [0, 1],
          key: "k0",
          atUs: 1200000,
          because: ["fault 0 (partition of n3) began at 2.0 ms and was healed at 50.0 ms"],
        },
      ],
      judged: 1,
      measurements: {
        keys: {
          k0: {
            promised: true,
            equal: false,
            timeToEqualMs: null,
            replicas: {
              n1: { settledMs: 1100, lastDivergence: null },
              n2: { settledMs: 1100, lastDivergence: null },
              n3: { settledMs: 1100, lastDivergence: null },
            },
          },
        },
        timeToEqualMs: {},
        divergencesEndedBy: {},
      },
    });
    const empty = written()
      .inspect("final", 1200, "n1", [of("v8")])
      .inspect("final", 1200, "n2", [])
      .inspect("final", 1200, "n3", []);
    expect(empty.check("converged").anomalies).toEqual([
      {
        guarantee: "converged",
        explanation:
          "1100.0 ms after repair could begin (bound 1000.0 ms) the replicas of k0 still differ: n1 holds v8; n2 and n3 hold nothing",
        operations: [0],
        key: "k0",
        atUs: 1200000,
        because: [],
      },
    ]);
  });

  test("of replicas that became equal too late, or are equal in what nobody wrote", () => {
    expect(
      final(written().inspect("poll", 1101, "n2", []), 1200, ["v1", "v1", "v1"]).check("converged"),
    ).toEqual({
      verdict: "invalid",
      anomalies: [
        {
          guarantee: "converged",
          explanation:
            "the replicas of k0 became equal only after the bound of 1000.0 ms: n1, n2 and n3 hold v1 (write 0)",
          operations: [0],
          key: "k0",
          atUs: 1200000,
          because: [],
        },
      ],
      judged: 1,
      measurements: {
        keys: {
          k0: {
            promised: true,
            equal: true,
            timeToEqualMs: 1100,
            replicas: {
              n1: { settledMs: 1100, lastDivergence: null },
              n2: { settledMs: 1100, lastDivergence: null },
              n3: { settledMs: 1100, lastDivergence: null },
            },
          },
        },
        timeToEqualMs: { p0: 1100, p50: 1100, p95: 1100, p99: 1100, p100: 1100 },
        divergencesEndedBy: {},
      },
    });
    expect(final(written(), 200, ["v8", "v8", "v8"]).check("converged").anomalies).toEqual([
      {
        guarantee: "converged",
        explanation:
          "the replicas of k0 are equal, but no operation wrote v8 (0008): n1, n2 and n3 hold v8",
        operations: [0],
        key: "k0",
        atUs: 200000,
        because: [],
      },
    ]);
  });

  test("of what cannot be told", () => {
    expect(final(written(), 1000, ["v1", "v1", ""]).check("converged").reason).toEqual(
      "the final phase was cut short: 900.0 ms after repair could begin (bound 1000.0 ms) the replicas of k0 still differ",
    );
    expect(
      final(
        written({ on: "docker" })
          .inspect("poll", 1050, "n2", [])
          .inspect("poll", 1100, "n2", [of("v1")]),
        1200,
        ["v1", "v1", ""],
      ).check("converged").reason,
    ).toEqual(
      "1100.0 ms after repair could begin (bound 1000.0 ms) the replicas of k0 still differ, but repair still made progress",
    );
    expect(final(written(), 200, ["v1"]).check("converged")).toEqual({
      verdict: "unknown",
      reason: "not every replica of k0 was inspected after the final phase: n2, n3 missing",
      anomalies: [],
      judged: 0,
      measurements: { keys: {}, timeToEqualMs: {}, divergencesEndedBy: {} },
    });
    expect(written().check("converged")).toEqual({
      verdict: "unknown",
      reason: "no replica of k0 was inspected after the final phase",
      anomalies: [],
      judged: 0,
      measurements: { keys: {}, timeToEqualMs: {}, divergencesEndedBy: {} },
    });
    expect(new Scenario().check("converged")).toEqual({
      verdict: "unknown",
      reason: "the final phase did not heal all faults and start the nodes again",
      anomalies: [],
      judged: 0,
      measurements: { keys: {}, timeToEqualMs: {}, divergencesEndedBy: {} },
    });
    expect(
      final(written({ repair: { read: "off", antiEntropy: false } }), 1200, ["v1", "v1", ""]).check(
        "converged",
      ),
    ).toEqual({
      verdict: "not-applicable",
      reason: "no repair mechanism covers any key, so the replicas need not become equal",
      anomalies: [],
      judged: 0,
    });
    expect(final(written({ preference: {} }), 1200, ["v1", "v1", ""]).check("converged")).toEqual({
      verdict: "not-applicable",
      reason: "no repair mechanism covers any key, so the replicas need not become equal",
      anomalies: [],
      judged: 0,
    });
  });

  test("equal in a tombstone of unknown origin is fine where some delete was unheard", () => {
    const build = (unheard: boolean): Scenario => {
      const scenario = written();
      if (unheard) scenario.delete("", 2, 3, { outcome: "info" });
      for (const node of ["n1", "n2", "n3"])
        scenario.inspect("final", 200, node, [{ version: "0009", value: null }]);
      return scenario;
    };
    expect([
      build(true).check("converged").verdict,
      build(false).check("converged").verdict,
    ]).toEqual(["valid", "invalid"]);
    const value = final(written(), 200, ["v8", "v8", "v8"]);
    value.delete("", 2, 3, { outcome: "info" });
    expect(value.check("converged").verdict).toBe("invalid");
  });

  test("times are from the restart on, keys that are not promised are shown and not judged", () => {
    const scenario = written({
      repair: { read: "async", antiEntropy: false },
      preference: { k0: ["n1", "n2", "n3"], k1: ["n1", "n2", "n3"] },
    });
    scenario.write("v2", 2, 3, { key: "k1" });
    scenario.read([], 110, 120, { key: "k1", r: 3 });
    scenario
      .inspect("empty", 0, "n1", [of("v9")])
      .inspect("poll", 50, "n1", [])
      .inspect("poll", 150, "n1", []);
    expect(final(scenario, 300, ["v1", "v1", ""]).check("converged")).toEqual({
      verdict: "valid",
      anomalies: [],
      judged: 1,
      measurements: {
        keys: {
          k0: {
            promised: false,
            equal: false,
            timeToEqualMs: null,
            replicas: {
              n1: { settledMs: 200, lastDivergence: null },
              n2: { settledMs: 200, lastDivergence: null },
              n3: { settledMs: 200, lastDivergence: null },
            },
          },
          k1: {
            promised: true,
            equal: true,
            timeToEqualMs: 200,
            replicas: {
              n1: { settledMs: 50, lastDivergence: null },
              n2: { settledMs: 200, lastDivergence: null },
              n3: { settledMs: 200, lastDivergence: null },
            },
          },
        },
        timeToEqualMs: { p0: 200, p50: 200, p95: 200, p99: 200, p100: 200 },
        divergencesEndedBy: {},
      },
    });
  });
});

describe("which keys must converge", () => {
  const repair = { read: "async", antiEntropy: false } as const;
  const build = (
    overrides: ConstructorParameters<typeof Scenario>[0],
    read: { readonly startMs: number; readonly endMs: number; readonly f?: "write" } | null,
  ): string => {
    const scenario = written({ repair, ...overrides });
    if (read?.f === "write") scenario.write("v2", read.startMs, read.endMs, { w: 3, r: 3 });
    else if (read !== null) scenario.read([of("v1")], read.startMs, read.endMs, { r: 3 });
    return final(scenario, 1400, ["v1", "v1", ""]).check("converged").verdict;
  };

  test("read repair alone: a read of all, in the final phase and before the final inspection", () => {
    expect(build({}, { startMs: 100, endMs: 110 })).toBe("invalid");
    expect(build({}, { startMs: 99, endMs: 110 })).toBe("not-applicable");
    expect(build({}, { startMs: 300, endMs: 1400 })).toBe("unknown");
    expect(build({}, { startMs: 300, endMs: 1401 })).toBe("not-applicable");
    expect(build({}, { startMs: 100, endMs: 110, f: "write" })).toBe("not-applicable");
    expect(build({}, null)).toBe("not-applicable");
    expect(build({ r: 3 }, { startMs: 100, endMs: 110 })).toBe("invalid");
  });

  test("read repair alone under sloppy quorums: none, and anti-entropy: all, also under sloppy quorums and without read repair", () => {
    expect(build({ quorums: "sloppy" }, { startMs: 100, endMs: 110 })).toBe("not-applicable");
    expect(build({ quorums: "sloppy", repair: { read: "async", antiEntropy: true } }, null)).toBe(
      "invalid",
    );
    expect(build({ repair: { read: "off", antiEntropy: true } }, null)).toBe("invalid");
    expect(
      build({ repair: { read: "off", antiEntropy: false } }, { startMs: 100, endMs: 110 }),
    ).toBe("not-applicable");
    expect(
      build({ repair: { read: "blocking", antiEntropy: false } }, { startMs: 100, endMs: 110 }),
    ).toBe("invalid");
  });

  test("on a real clock a quarter of the bound without progress is enough, not less", () => {
    const stopped = (lastMs: number): string =>
      final(
        written({ on: "docker" })
          .inspect("poll", 120, "n2", [])
          .inspect("poll", lastMs, "n2", [of("v1")]),
        1400,
        ["v1", "v1", ""],
      ).check("converged").verdict;
    expect([stopped(1150), stopped(1151)]).toEqual(["invalid", "unknown"]);
  });

  test("the bound itself is still in time", () => {
    expect(final(written(), 1100, ["v1", "v1", ""]).check("converged").verdict).toBe("invalid");
    expect(final(written(), 1099, ["v1", "v1", ""]).check("converged").verdict).toBe("unknown");
    expect(
      final(written().inspect("poll", 1100, "n2", []), 1200, ["v1", "v1", "v1"]).check("converged")
        .verdict,
    ).toBe("valid");
  });
});

describe("which mechanism ended a divergence", () => {
  const sentFor = (cause: StoreCause, versions: readonly string[], more: object = {}) =>
    ({
      frame: "replica-write",
      trace: 0,
      request: 1,
      cause,
      key: "k0",
      versions,
      ...more,
    }) as const;
  const mechanisms = (
    build: (scenario: Scenario) => void,
    versions: readonly string[] = ["0001"],
  ): unknown => {
    const scenario = written();
    scenario.sync("n1", 1, { key: "k0", versions });
    build(scenario);
    return final(scenario, 700, ["v1", "v1", "v1"]).check("converged").measurements?.[
      "divergencesEndedBy"
    ];
  };

  test("the last request before the sync that carried it or something newer, of the same boot", () => {
    expect(
      mechanisms((one) =>
        one
          .frame("received", "n2", "n1", 5, sentFor("read-repair", ["0001"]))
          .frame("received", "n2", "n1", 6, sentFor("anti-entropy", ["0000"]))
          .sync("n2", 7, { key: "k0", versions: ["0001"] }),
      ),
    ).toEqual({ unknown: 1, "read-repair": 1 });
    expect(
      mechanisms((one) =>
        one
          .frame("received", "n2", "n1", 5, sentFor("handoff", ["0003"]))
          .sync("n2", 7, { key: "k0", versions: ["0003"] }),
      ),
    ).toEqual({ unknown: 1, handoff: 1 });
    expect(
      mechanisms((one) =>
        one
          .frame("received", "n2", "n1", 5, sentFor("handoff", ["0001"]))
          .frame("sent", "n2", "n2", 6, { frame: "other", detail: "alive" }, 2)
          .sync("n2", 7, { key: "k0", versions: ["0001"] }, 2),
      ),
    ).toEqual({ unknown: 2 });
    expect(
      mechanisms((one) =>
        one
          .sync("n2", 7, { key: "k0", versions: ["0001"] })
          .frame("received", "n2", "n1", 8, sentFor("handoff", ["0001"])),
      ),
    ).toEqual({ unknown: 2 });
  });

  test("what a sync made durable together is known by any of it, of that key alone", () => {
    const sync = { key: "k0", versions: ["0001", "0000"] };
    expect(
      mechanisms((one) =>
        one.frame("received", "n2", "n1", 5, sentFor("handoff", ["0000"])).sync("n2", 7, sync),
      ),
    ).toEqual({ unknown: 1, handoff: 1 });
    expect(
      mechanisms((one) =>
        one
          .frame("received", "n2", "n1", 5, sentFor("handoff", ["0000"]))
          .sync("n2", 7, { key: "k1", versions: ["0000"] })
          .sync("n2", 8, { key: "k0", versions: ["0001"] }),
      ),
    ).toEqual({ unknown: 2 });
  });

  test("siblings: a larger name is not a newer version", () => {
    const scenario = new Scenario({ versions: "siblings" });
    scenario.write("v5", 2, 3, { version: "a:1" });
    scenario.phase("final-phase", 90).phase("restarted", 100);
    scenario
      .frame("received", "n2", "n1", 5, sentFor("handoff", ["b:9"]))
      .sync("n2", 7, { key: "k0", versions: ["a:1"] });
    const held = [of("v5", "a:1")];
    for (const node of ["n1", "n2", "n3"]) scenario.inspect("final", 700, node, held);
    expect(scenario.check("converged").measurements?.["divergencesEndedBy"]).toEqual({
      unknown: 1,
    });
  });

  test("divergences are listed by their ends, each replica's last one with its key", () => {
    const scenario = written();
    scenario.write("v2", 2, 3);
    scenario
      .sync("n1", 1, { key: "k0", versions: ["0001"] })
      .sync("n1", 3, { key: "k0", versions: ["0002"] });
    scenario
      .frame("received", "n2", "n1", 4, sentFor("read-repair", ["0002"]))
      .sync("n2", 5, { key: "k0", versions: ["0002"] });
    expect(final(scenario, 700, ["v2", "v2", "v2"]).check("converged").measurements).toEqual({
      keys: {
        k0: {
          promised: true,
          equal: true,
          timeToEqualMs: 600,
          replicas: {
            n1: {
              settledMs: 600,
              lastDivergence: { mechanism: "unknown", version: "0002", behindMs: 0, atMs: 3 },
            },
            n2: {
              settledMs: 600,
              lastDivergence: { mechanism: "read-repair", version: "0002", behindMs: 2, atMs: 5 },
            },
            n3: { settledMs: 600, lastDivergence: null },
          },
        },
      },
      timeToEqualMs: { p0: 600, p50: 600, p95: 600, p99: 600, p100: 600 },
      divergencesEndedBy: { unknown: 2, "read-repair": 2 },
    });
  });
});

describe("where tombstones go in time", () => {
  const tombstone = { version: "0002", value: null };
  const settled = (
    overrides: ConstructorParameters<typeof Scenario>[0] = { deletes: "grace" },
  ): Scenario => {
    const scenario = written(overrides);
    scenario.delete("0002", 2, 3);
    for (const [node, held] of [
      ["n1", [tombstone]],
      ["n2", []],
      ["n3", [tombstone]],
    ] as const)
      scenario.inspect("final", 200, node, held);
    for (const node of ["n1", "n2", "n3"])
      scenario.frame("sent", node, node, 1, { frame: "other", detail: "alive" });
    scenario.read([], 210, 211, { final: true });
    return scenario;
  };
  const repair = (atMs: number, to = "n2", versions: readonly string[] = ["0002"], from = "n1") =>
    [
      "sent",
      from,
      to,
      atMs,
      { frame: "replica-write", request: 1, cause: "anti-entropy", key: "k0", versions },
    ] as const;
  const quiet = (scenario: Scenario): string => scenario.check("repair-quiescent").verdict;

  test("deleted and absent are equal, and a replica may be told once of a deletion that it missed", () => {
    expect(settled().check("converged").verdict).toBe("valid");
    expect(quiet(settled({}))).toBe("unknown");
    expect(quiet(settled())).toBe("valid");
    expect(quiet(settled().frame(...repair(220)))).toBe("valid");
    expect(
      quiet(
        settled()
          .frame(...repair(220))
          .frame(...repair(230)),
      ),
    ).toBe("invalid");
    expect(
      quiet(
        settled()
          .frame(...repair(100))
          .frame(...repair(220)),
      ),
    ).toBe("invalid");
  });

  test("not the same one: from another node, to another node, of another version, or before the restart", () => {
    expect(
      quiet(
        settled()
          .frame(...repair(220))
          .frame(...repair(230, "n3")),
      ),
    ).toBe("valid");
    expect(
      quiet(
        settled()
          .frame(...repair(220))
          .frame(...repair(230, "n2", ["0002"], "n3")),
      ),
    ).toBe("valid");
    expect(
      quiet(
        settled()
          .frame(...repair(220))
          .frame(...repair(230, "n2", ["0007"])),
      ),
    ).toBe("valid");
    expect(
      quiet(
        settled()
          .frame(...repair(99))
          .frame(...repair(220)),
      ),
    ).toBe("valid");
  });

  test("a value is no deletion, nor is what has one beside it", () => {
    expect(quiet(settled().frame(...repair(220, "n2", ["0001"])))).toBe("invalid");
    expect(quiet(settled().frame(...repair(220, "n2", ["0002", "0001"])))).toBe("invalid");
    expect(quiet(final(written(), 200, ["v1", "v1", "v1"]).frame(...repair(220)))).toBe("invalid");
  });
});

describe("which inspections count", () => {
  test("the final ones, of replicas, the last of them being the end", () => {
    const differ = (
      finalMs: readonly number[],
      more: (scenario: Scenario) => void = () => undefined,
    ): string => {
      const scenario = written({ nodes: ["n1", "n2", "n3", "n4"] });
      finalMs.forEach((atMs, i) =>
        scenario.inspect("final", atMs, `n${i + 1}`, [
          of(i === 2 ? "v1" : "v2", i === 2 ? "0001" : "0002"),
        ]),
      );
      more(scenario);
      return scenario.check("converged").verdict;
    };
    expect(differ([1050, 1150, 1060])).toBe("invalid");
    expect(differ([1050, 1060, 1070])).toBe("unknown");
    expect(
      differ([1050, 1060, 1070], (scenario) => scenario.inspect("final", 1200, "n4", [])),
    ).toBe("unknown");
    expect(
      differ([1050, 1060, 1070], (scenario) => scenario.inspect("poll", 1200, "n1", [of("v2")])),
    ).toBe("unknown");
  });

  test("from the moment of the restart on", () => {
    const time = (firstMs: number): unknown =>
      final(
        written()
          .inspect("poll", firstMs, "n1", [of("v1")])
          .inspect("poll", firstMs, "n2", [of("v1")])
          .inspect("poll", firstMs, "n3", [of("v1")]),
        700,
        ["v1", "v1", "v1"],
      ).check("converged").measurements?.["timeToEqualMs"];
    expect([time(100), time(99), time(250)]).toMatchObject([
      { p100: 0 },
      { p100: 600 },
      { p100: 150 },
    ]);
  });

  test("what comes after the restart does not begin it anew", () => {
    expect(
      final(written().phase("sweep", 600), 700, ["v1", "v1", "v1"]).check("converged")
        .measurements?.["timeToEqualMs"],
    ).toMatchObject({ p100: 600 });
  });

  test("a replica's last divergence is the one that ended last", () => {
    const scenario = new Scenario({ versions: "siblings" });
    scenario.write("v1", 0, 1, { version: "a:1" });
    scenario.write("v2", 0, 1, { version: "b:1" });
    scenario.phase("final-phase", 90).phase("restarted", 100);
    scenario
      .sync("n2", 5, { key: "k0", versions: ["b:1"] })
      .sync("n2", 9, { key: "k0", versions: ["a:1"] });
    const held = [of("v1", "a:1"), of("v2", "b:1")];
    for (const node of ["n1", "n2", "n3"]) scenario.inspect("final", 700, node, held);
    expect(scenario.check("converged").measurements?.["keys"]).toMatchObject({
      k0: { replicas: { n2: { lastDivergence: { version: "a:1", atMs: 9 } } } },
    });
  });
});
