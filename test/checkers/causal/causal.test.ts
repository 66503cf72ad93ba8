import { describe, expect, test } from "vitest";
import { modelOf } from "../../../checkers/model/model.ts";
import { causalLevel } from "../../../checkers/causal/causal.ts";
import { isCausal, type OracleOperation } from "./causal-oracle.ts";
import { chance, of, Scenario, tombstone } from "../support.ts";
import { sampleSize } from "../sample-size.ts";

const histories = sampleSize(20_000);

/**
 * Draws a history of a few parallel sessions. The operations of a session do not overlap, and some never end. Reads
 * return any value, sometimes one that nobody wrote.
 */
function draw(seed: number): { scenario: Scenario; operations: OracleOperation[] } {
  const { int, pick } = chance(seed);
  const scenario = new Scenario({ preference: { k0: ["n1"], k1: ["n1"] } });
  const operations: OracleOperation[] = [];
  const keys = ["k0", "k1"];
  const sessions = 2 + int(2);
  const steps = Array.from({ length: 3 + int(4) }, () => ({
    session: int(sessions),
    write: int(5) < 2,
    key: pick(keys),
  }));
  const written = steps.flatMap(({ write, key }, i) => (write ? [{ key, value: `v${i}` }] : []));
  const pending = new Map<string, { key: string; value: string; session: number; at: number }>();
  const closed = new Set<number>();
  const reads: { key: string; value: string | undefined }[] = [];
  for (const [i, { session, write, key }] of steps.entries()) {
    if (closed.has(session)) continue;
    const process = { client: `c${session}`, process: session, key };
    if (write) {
      const outcome = pick(["ok", "ok", "ok", "info", "open", "fail"] as const);
      const value = `v${i}`;
      scenario.write(value, i * 10, i * 10 + 5, { ...process, outcome });
      if (outcome === "info" || outcome === "open") {
        // No more operations of this session follow: the client would continue as another process.
        closed.add(session);
        pending.set(value, { key, value, session, at: operations.length });
      }
      if (outcome !== "fail") operations.push({ session, key, value, write });
    } else {
      const choices = written.filter((one) => one.key === key).map(({ value }) => value);
      const value =
        int(4) === 0 || choices.length === 0 ? undefined : int(24) === 0 ? "v99" : pick(choices);
      scenario.read(value === undefined ? [] : [of(value)], i * 10, i * 10 + 5, process);
      operations.push({ session, key, value, write });
      reads.push({ key, value });
    }
  }
  return {
    scenario,
    operations: operations.filter(
      ({ write, value }) =>
        !write ||
        value === undefined ||
        !pending.has(value) ||
        reads.some((read) => read.value === value),
    ),
  };
}

test(`CC and CCv agree with their definitions on ${histories} small histories`, () => {
  const counts = { convergent: 0, causal: 0, neither: 0 };
  for (let seed = 0; seed < histories; seed++) {
    const { scenario, operations } = draw(seed);
    const model = modelOf(scenario.events());
    if (operations.every(({ write }) => write)) {
      expect(causalLevel("causal")(model).verdict).toBe("not-applicable");
      continue;
    }
    const wanted = { causal: isCausal(operations, "CC"), convergent: isCausal(operations, "CCv") };
    const verdict = (holds: boolean): string => (holds ? "valid" : "invalid");
    expect(causalLevel("causal")(model).verdict, `CC, seed ${seed}`).toBe(verdict(wanted.causal));
    expect(causalLevel("causal-convergent")(model).verdict, `CCv, seed ${seed}`).toBe(
      verdict(wanted.convergent),
    );
    counts[wanted.convergent ? "convergent" : wanted.causal ? "causal" : "neither"]++;
  }
  expect(Math.min(counts.convergent, counts.neither)).toBeGreaterThan(histories / 10);
  // Histories that are causal but not convergent are rare, and a small sample may have none.
  expect(counts.causal).toBeGreaterThan(Math.floor(histories / 20_000) - 1);
});

describe("each bad pattern, with its witness", () => {
  const two = { preference: { k0: ["n1"], k1: ["n1"] } };
  const by = (client: number, key = "k0") => ({ client: `c${client}`, process: client, key });

  test("WriteCORead: a cause of the read is newer than what it returned", () => {
    const scenario = new Scenario(two);
    scenario.write("v1", 0, 1, by(1));
    scenario.write("v2", 2, 3, by(1));
    scenario.write("v3", 4, 5, by(1, "k1"));
    scenario.read([of("v3")], 6, 7, by(2, "k1"));
    scenario.read([of("v1")], 8, 9, by(2));
    const { verdict, anomalies, judged } = scenario.check("causal");
    expect({ verdict, judged, count: anomalies.length }).toEqual({
      verdict: "invalid",
      judged: 2,
      count: 1,
    });
    expect(anomalies[0]).toMatchObject({
      explanation:
        "read 4 of k0 by c2 returned write 0 (v1), although the read depends on write 1 (v2), which depends on write 0 (v1) (WriteCORead)",
      operations: [0, 1, 4],
      key: "k0",
      atUs: 9000,
      because: [
        "the cause: write 0 (v1) by c1, then write 1 (v2) by c1",
        "the cause: write 1 (v2) by c1, then write 2 (v3) by c1, then read 3 by c2, then read 4 by c2",
      ],
    });
    expect(scenario.check("causal-convergent").verdict).toBe("invalid");
  });

  test("WriteCOInitRead: nothing was returned, although a write is a cause", () => {
    const scenario = new Scenario(two);
    scenario.write("v1", 0, 1, by(1));
    scenario.write("v2", 2, 3, by(1, "k1"));
    scenario.read([of("v2")], 4, 5, by(2, "k1"));
    scenario.read([], 6, 7, by(2));
    expect(scenario.check("causal").anomalies).toMatchObject([
      {
        explanation: expect.stringContaining(
          "returned nothing, although the read depends on write 0 (v1) (WriteCOInitRead)",
        ) as string,
        operations: [0, 3],
      },
    ]);
  });

  test("a not-found that may be a delete's doing accuses nobody", () => {
    const scenario = new Scenario(two);
    scenario.write("v1", 0, 1, by(1));
    scenario.delete("0005", 2, 3, { ...by(3), outcome: "info" });
    scenario.read([], 4, 5, by(1));
    expect(scenario.check("causal").verdict).toBe("not-applicable");
  });

  test("a delete is a write, known by its version", () => {
    const scenario = new Scenario(two);
    scenario.write("v1", 0, 1, by(1));
    scenario.delete("0005", 2, 3, by(1));
    scenario.read([tombstone("0005")], 4, 5, by(2));
    scenario.read([of("v1")], 6, 7, by(2));
    expect(scenario.check("causal").anomalies).toMatchObject([{ operations: [0, 1, 3] }]);
  });

  test("ThinAirRead: nobody wrote it, or its write was refused", () => {
    const scenario = new Scenario(two);
    scenario.write("v1", 0, 1, { ...by(1), outcome: "fail" });
    scenario.read([of("v1")], 2, 3, by(2));
    scenario.read([of("v9")], 4, 5, by(2));
    expect(scenario.check("causal").anomalies.map(({ operations }) => operations)).toEqual([
      [0, 1],
      [2],
    ]);
    expect(scenario.check("causal").anomalies[0]?.explanation).toBe(
      "read 1 of k0 by c2 returned v1, although write 0 (v1) had definitely failed (timeout), so that write must never take effect (ThinAirRead)",
    );
  });

  test("CyclicCO: two clients each read what the other writes later", () => {
    const scenario = new Scenario(two);
    scenario.read([of("v2")], 0, 1, by(1, "k1"));
    scenario.read([of("v1")], 0, 1, by(2));
    scenario.write("v1", 2, 3, by(1));
    scenario.write("v2", 2, 3, by(2, "k1"));
    const [anomaly] = scenario.check("causal").anomalies;
    expect(anomaly?.explanation).toContain("the operations form a causal cycle (CyclicCO)");
    expect([...(anomaly?.operations ?? [])].sort()).toEqual([0, 1, 2, 3]);
  });

  test("CyclicCF: two clients see two writes in different orders, which CC allows and CCv does not", () => {
    const scenario = new Scenario(two);
    scenario.write("v1", 0, 1, by(1));
    scenario.write("v2", 0, 1, by(2));
    scenario.read([of("v2")], 2, 3, by(1));
    scenario.read([of("v1")], 2, 3, by(2));
    expect(scenario.check("causal").verdict).toBe("valid");
    const { verdict, anomalies } = scenario.check("causal-convergent");
    expect(verdict).toBe("invalid");
    expect(anomalies[0]?.explanation).toContain(
      "write 0 (v1) must come before write 1 (v2), because read 2 returned write 1 (v2) although this read depends on write 0 (v1)",
    );
    expect([...(anomalies[0]?.operations ?? [])].sort()).toEqual([0, 1, 2, 3]);
    expect(anomalies[0]?.because).toHaveLength(2);
  });

  test("operations of one client's earlier process are no cause of its next one's", () => {
    const scenario = new Scenario(two);
    scenario.write("v1", 0, 1, { client: "c1", process: 1 });
    scenario.read([], 2, 3, { client: "c1", process: 2 });
    expect(scenario.check("causal").verdict).toBe("valid");
  });

  test("siblings are not asked; beyond the budget it is unknown", () => {
    expect(new Scenario({ versions: "siblings", stamps: "none" }).check("causal").verdict).toBe(
      "not-applicable",
    );
    const scenario = new Scenario(two);
    scenario.write("v1", 0, 1, by(1));
    scenario.read([of("v1")], 2, 3, by(2));
    const model = modelOf(scenario.events());
    expect(causalLevel("causal", 3)(model)).toMatchObject({
      verdict: "unknown",
      reason:
        "the vector clocks of 2 operations in 2 sessions need more than the budget of 3 entries",
    });
    expect(causalLevel("causal", 4)(model).verdict).toBe("valid");
  });
});

describe("what is said of each bad pattern, whole", () => {
  const two = { preference: { k0: ["n1"], k1: ["n1"] } };
  const by = (client: number, key = "k0") => ({ client: `c${client}`, process: client, key });
  const anomalies = (scenario: Scenario, guarantee: "causal" | "causal-convergent" = "causal") =>
    scenario.check(guarantee).anomalies;

  test("WriteCOInitRead, with the shortest way of the cause and the fault that overlapped", () => {
    const scenario = new Scenario(two).fault(0, "partition", ["n1"], 1.5, 3.5);
    scenario.write("v1", 0, 1, by(1));
    scenario.write("v2", 2, 3, by(1, "k1"));
    scenario.write("v3", 3, 4, by(1, "k1"));
    scenario.read([of("v2")], 4, 5, by(2, "k1"));
    scenario.read([of("v3")], 5, 6, by(2, "k1"));
    scenario.read([], 6, 7, by(2));
    expect(scenario.check("causal")).toEqual({
      verdict: "invalid",
      judged: 3,
      measurements: { reads: 3, sessions: 2 },
      anomalies: [
        {
          guarantee: "causal",
          key: "k0",
          atUs: 7000,
          operations: [0, 5],
          explanation:
            "read 5 of k0 by c2 returned nothing, although the read depends on write 0 (v1) (WriteCOInitRead)",
          because: [
            "the cause: write 0 (v1) by c1, then write 1 (v2) by c1, then read 3 by c2, then read 4 by c2, then read 5 by c2",
            "fault 0 (partition of n1) began at 1.5 ms and was healed at 3.5 ms",
          ],
        },
      ],
    });
  });

  test("one bad read is named once, though writes of several sessions are newer", () => {
    const scenario = new Scenario(two);
    scenario.write("v1", 0, 1, by(1));
    scenario.write("v2", 2, 3, by(2));
    scenario.read([of("v1")], 4, 5, by(3));
    scenario.read([of("v2")], 6, 7, by(3));
    scenario.read([], 8, 9, by(3));
    scenario.read([], 10, 11, by(3));
    expect(anomalies(scenario).map(({ operations }) => operations)).toEqual([
      [0, 4],
      [0, 5],
    ]);
  });

  test("ThinAirRead", () => {
    const scenario = new Scenario(two);
    scenario.read([of("v9")], 4, 5, by(2));
    expect(anomalies(scenario)).toEqual([
      {
        guarantee: "causal",
        key: "k0",
        atUs: 5000,
        operations: [0],
        explanation: "read 0 of k0 by c2 returned v9, which no operation wrote (ThinAirRead)",
      },
    ]);
  });

  test("CyclicCO, in the order of the circle, with at most five operations; a write that nobody heard of showed when it began", () => {
    const scenario = new Scenario(two);
    scenario.write("v7", 0, 0, by(3, "k1"));
    scenario.read([of("v2")], 0, 1, by(1, "k1"));
    scenario.read([of("v1")], 0, 1, by(2));
    scenario.read([of("v1")], 1, 1.5, by(2));
    scenario.write("v1", 2, 8, by(1));
    scenario.write("v2", 2, 3, { ...by(2, "k1"), outcome: "info" });
    expect(anomalies(scenario)).toEqual([
      {
        guarantee: "causal",
        operations: [4, 2, 3, 5, 1],
        atUs: 8000,
        explanation:
          "the operations form a causal cycle (CyclicCO): write 4 (v1) before read 2 before read 3 before write 5 (v2) before read 1 before write 4 (v1); each step is the order of one client's operations, or a read that returned the value of a write",
      },
    ]);
    const longer = new Scenario(two);
    longer.read([of("v2")], 0, 1, by(1, "k1"));
    longer.read([], 1, 1.2, by(1));
    longer.read([of("v1")], 0, 1, by(2));
    longer.read([of("v1")], 1, 1.5, by(2));
    longer.write("v1", 2, 3, by(1));
    longer.write("v2", 9, 10, { ...by(2, "k1"), outcome: "open" });
    expect(
      anomalies(longer).map(({ operations, atUs }) => ({ count: operations.length, atUs })),
    ).toEqual([{ count: 5, atUs: 9000 }]);
  });

  test("CyclicCO: what only stands behind the circle is no part of it", () => {
    const scenario = new Scenario(two);
    scenario.read([of("v1")], 0, 9, by(3));
    scenario.read([of("v2")], 0, 1, by(1, "k1"));
    scenario.read([of("v1")], 0, 1, by(2));
    scenario.write("v1", 2, 3, by(1));
    scenario.write("v2", 2, 3, by(2, "k1"));
    const [anomaly] = anomalies(scenario);
    expect([[...(anomaly?.operations ?? [])].sort(), anomaly?.atUs]).toEqual([[1, 2, 3, 4], 3000]);
  });

  test("CyclicCF", () => {
    const scenario = new Scenario(two);
    scenario.write("v1", 0, 1, by(1));
    scenario.write("v2", 0, 1, by(2));
    scenario.read([of("v2")], 2, 3, by(1));
    scenario.read([of("v1")], 2, 30, by(2));
    expect(anomalies(scenario, "causal-convergent")).toEqual([
      {
        guarantee: "causal-convergent",
        explanation:
          "no single order of the writes explains what all clients saw (CyclicCF): write 0 (v1) must come before write 1 (v2), because read 2 returned write 1 (v2) although this read depends on write 0 (v1); " +
          "write 1 (v2) must come before write 0 (v1), because read 3 returned write 0 (v1) although this read depends on write 1 (v2)",
        operations: [0, 1, 2, 3],
        atUs: 30_000,
        because: [
          "the cause: write 0 (v1) by c1, then read 2 by c1",
          "the cause: write 1 (v2) by c2, then read 3 by c2",
        ],
      },
    ]);
  });

  test("CyclicCF among three writes, beside conflicts that are no part of it", () => {
    const scenario = new Scenario(two);
    scenario.write("v1", 0, 1, by(1));
    scenario.write("v2", 0, 1, by(2));
    scenario.write("v3", 0, 1, by(3));
    for (const [session, first, second] of [
      [4, "v1", "v2"],
      [5, "v2", "v3"],
      [6, "v3", "v1"],
    ] as const) {
      scenario.read([of(first)], 2, 3, by(session));
      scenario.read([of(second)], 4, 5, by(session));
    }
    scenario.write("v8", 6, 7, by(7));
    scenario.read([of("v1")], 8, 9, by(7));
    scenario.write("v9", 6, 7, by(8));
    scenario.read([of("v2")], 8, 9, by(8));
    const [anomaly, ...others] = anomalies(scenario, "causal-convergent");
    expect(others).toEqual([]);
    expect(anomaly?.operations).toHaveLength(5);
    expect(anomaly?.because).toHaveLength(3);
    expect((anomaly?.explanation ?? "").split("; ")).toHaveLength(3);
    for (const [from, to] of [
      ["0 (v1)", "1 (v2)"],
      ["1 (v2)", "2 (v3)"],
      ["2 (v3)", "0 (v1)"],
    ])
      expect(anomaly?.explanation).toContain(
        `write ${from} must come before write ${to}, because read`,
      );
  });

  test("a session whose last write proves nothing does not hide another's that does", () => {
    const scenario = new Scenario(two);
    scenario.write("v0", 0, 1, by(9));
    scenario.write("v1", 2, 3, by(1));
    scenario.write("v2", 4, 5, by(1));
    scenario.write("v3", 6, 7, by(1, "k1"));
    scenario.read([of("v0")], 8, 9, by(2));
    scenario.read([of("v3")], 10, 11, by(2, "k1"));
    scenario.read([of("v1")], 12, 13, by(2));
    expect(anomalies(scenario).map(({ operations }) => operations)).toEqual([[1, 2, 6]]);
  });

  test("nor does a conflict that is no part of the cycle hide one that is; a write that is still open showed when it began", () => {
    const scenario = new Scenario(two);
    scenario.write("v0", 0, 1, by(9));
    scenario.write("v1", 0, 1, by(1));
    scenario.write("v2", 0, 50, { ...by(2), outcome: "open" });
    // These three reads show that v0 comes before v1 and v2. That is not a part of the cycle.
    scenario.read([of("v0")], 2, 3, by(3));
    scenario.read([of("v1")], 4, 5, by(3));
    scenario.read([of("v2")], 6, 7, by(3));
    scenario.read([of("v0")], 2, 3, by(4));
    scenario.read([of("v2")], 4, 5, by(4));
    scenario.read([of("v1")], 6, 8, by(4));
    expect(scenario.check("causal").verdict).toBe("valid");
    expect(anomalies(scenario, "causal-convergent")).toMatchObject([
      {
        atUs: 8000,
        explanation:
          "no single order of the writes explains what all clients saw (CyclicCF): write 1 (v1) must come before write 2 (v2), because read 5 returned write 2 (v2) although this read depends on write 1 (v1); " +
          "write 2 (v2) must come before write 1 (v1), because read 8 returned write 1 (v1) although this read depends on write 2 (v2)",
      },
    ]);
  });

  test("why it does not apply", () => {
    expect(new Scenario({ versions: "siblings", stamps: "none" }).check("causal").reason).toBe(
      "judges only the workload register, and the workload of this history is siblings",
    );
    const scenario = new Scenario(two);
    scenario.write("v1", 0, 1, by(1));
    expect(scenario.check("causal").reason).toBe(
      "no read returned a value that is known to come from one operation",
    );
    const siblings = new Scenario({ ...two, versions: "siblings" });
    siblings.write("v1", 0, 1, by(1));
    siblings.read([of("v1")], 2, 3, by(1));
    expect(siblings.check("causal").verdict).toBe("not-applicable");
  });
});

describe("who wrote what a read shows", () => {
  const two = { preference: { k0: ["n1"], k1: ["n1"] } };
  const by = (client: number, key = "k0") => ({ client: `c${client}`, process: client, key });

  test("a tombstone of a delete whose version nobody learned leaves that read open, a value that nobody wrote does not", () => {
    const scenario = new Scenario(two);
    scenario.delete("", 0, 1, { ...by(1), outcome: "info" });
    scenario.read([tombstone("0007")], 2, 3, by(2));
    expect(scenario.check("causal").verdict).toBe("not-applicable");
    scenario.read([of("v9")], 4, 5, by(2));
    expect(scenario.check("causal")).toMatchObject({
      verdict: "invalid",
      judged: 1,
      anomalies: [{ operations: [2] }],
    });
    const without = new Scenario(two);
    without.read([tombstone("0007")], 2, 3, by(2));
    expect(without.check("causal").verdict).toBe("invalid");
  });

  test("a delete that was refused explains no not-found", () => {
    const scenario = new Scenario(two);
    scenario.write("v1", 0, 1, by(1));
    scenario.delete("0005", 2, 3, { ...by(3), outcome: "fail" });
    scenario.read([], 4, 5, by(1));
    expect(scenario.check("causal").verdict).toBe("invalid");
  });

  test("an unanswered read is no one's cause, nor an indeterminate write that no read shows", () => {
    const scenario = new Scenario(two);
    scenario.write("v1", 0, 1, by(1));
    scenario.read([of("v1")], 2, 3, { ...by(2), outcome: "info" });
    scenario.write("v2", 2, 3, { ...by(3), outcome: "info" });
    scenario.read([], 6, 7, by(3));
    scenario.read([], 6, 7, by(2));
    expect(scenario.check("causal")).toMatchObject({
      verdict: "valid",
      judged: 2,
      measurements: { reads: 2, sessions: 3 },
    });
    const shown = new Scenario(two);
    shown.write("v2", 2, 3, { ...by(3), outcome: "info" });
    shown.read([of("v2")], 4, 5, by(2));
    shown.read([], 6, 7, by(2));
    expect(shown.check("causal")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ operations: [0, 2] }],
    });
  });
});
