import { describe, expect, test } from "vitest";
import { modelOf } from "../../../checkers/model/model.ts";
import { judgeBy, of, Scenario, tombstone } from "../support.ts";

const a = of("v1", "a:1");
const b = of("v2", "b:1");
const c = of("v3", "a:2");
const all = { a: 2, b: 1 };

/** Two blind writes v1 and v2, then two reads that return both of them. */
function three(overrides: ConstructorParameters<typeof Scenario>[0] = {}): Scenario {
  const scenario = new Scenario({ versions: "siblings", stamps: "none", ...overrides });
  scenario.write("v1", 0, 1, { version: "a:1" });
  scenario.write("v2", 0, 1, { version: "b:1" });
  const read = scenario.read([a, b], 2, 3, { context: { a: 1, b: 1 } });
  const other = scenario.read([a, b], 2, 3, { context: { a: 1, b: 1 } });
  expect(read).toBeLessThan(other);
  return scenario;
}

/** Like `three`, then a read that returns `shown`, and a write of v3 with the context of that read. */
function four(
  shown: Parameters<Scenario["read"]>[0],
  overrides: ConstructorParameters<typeof Scenario>[0] = {},
): Scenario {
  const scenario = three(overrides);
  const read = scenario.read(shown, 4, 5, { context: { a: 1, b: 1 } });
  scenario.write("v3", 6, 7, { version: "a:2", contextOf: read });
  return scenario;
}

test("registers have no siblings", () => {
  expect(new Scenario().check("siblings-1").verdict).toBe("not-applicable");
});

describe("siblings-1", () => {
  test("a member from the future, and one from nowhere", () => {
    const future = three();
    future.read([a, b, c], 8, 9, { context: all });
    future.write("v3", 10, 11, { version: "a:2" });
    expect(future.check("siblings-1")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ operations: [5, 4] }],
    });
    const nowhere = three();
    nowhere.read([a, c], 8, 9, { context: all });
    expect(nowhere.check("siblings-1").verdict).toBe("invalid");
    expect(three().check("siblings-1").verdict).toBe("valid");
  });
});

describe("siblings-2", () => {
  test("one of many concurrent writes that is missing, wherever it stands among them", () => {
    const many = Array.from({ length: 60 }, (_, i) => of(`v${i}`, `c${i}:1`));
    const context = Object.fromEntries(many.map((_, i) => [`c${i}`, 1]));
    for (const lost of [3, 35, 59]) {
      const scenario = new Scenario({ versions: "siblings", stamps: "none" });
      // The read shows all writes but two. These are acknowledged only after the read.
      const isLate = (i: number): boolean => i === 5 || i === lost;
      for (const [i] of many.entries())
        scenario.write(`v${i}`, 0, isLate(i) ? 5 : 1, { version: `c${i}:1` });
      const seen = many.filter((_, i) => !isLate(i));
      const read = scenario.read(seen, 2, 3, { context });
      scenario.write("v99", 4, 5, { version: "c0:2", contextOf: read });
      const newest = of("v99", "c0:2");
      const fifth = many[5] as (typeof many)[number];
      const other = many[lost] as (typeof many)[number];
      scenario.read([newest, fifth, other], 6, 7, { context: { ...context, c0: 2 } });
      const short = scenario.read([newest, fifth], 8, 9, { context: { ...context, c0: 2 } });
      const { verdict, anomalies } = scenario.check("siblings-2");
      expect(verdict).toBe("invalid");
      const accused = anomalies.flatMap(({ operations }) => operations);
      expect(accused).toContain(lost);
      expect(accused).toContain(short);
    }
  });

  test("a concurrent write that is missing, and one that was superseded", () => {
    const superseded = four([a, b]);
    superseded.read([c], 8, 9, { context: all });
    expect(superseded.check("siblings-2").verdict).toBe("valid");
    const lost = four([a]);
    lost.read([c], 8, 9, { context: all });
    const { verdict, anomalies } = lost.check("siblings-2");
    expect(verdict).toBe("invalid");
    // v3 has the context of a read that returned only v1. That read lost v2 too.
    expect(anomalies.map(({ operations }) => operations)).toEqual([
      [1, 4],
      [1, 6],
    ]);
  });

  test("a write that overlaps the read may be missing", () => {
    const scenario = new Scenario({ versions: "siblings" });
    scenario.write("v1", 0, 5, { version: "a:1" });
    scenario.read([], 5, 6, { context: {} });
    expect(scenario.check("siblings-2").verdict).toBe("valid");
  });

  test("what a delete superseded may be missing, once the delete was invoked", () => {
    const build = (deleteMs: number): Scenario => {
      const scenario = three();
      const read = 2;
      scenario.delete("a:2", deleteMs, deleteMs + 1, { contextOf: read, outcome: "info" });
      scenario.read([], 8, 9, { context: all });
      return scenario;
    };
    expect(build(9).check("siblings-2").verdict).toBe("valid");
    expect(build(10).check("siblings-2").verdict).toBe("invalid");
  });

  test("under quorums that need not meet, only the final phase's sweep is held to it", () => {
    const build = (final: boolean): Scenario => {
      const scenario = three({ r: 1 });
      scenario.read([a], 8, 9, { context: { a: 1 }, ...(final ? { final: true } : {}) });
      return scenario;
    };
    expect(build(false).check("siblings-2")).toMatchObject({
      verdict: "not-applicable",
      judged: 0,
    });
    expect(build(true).check("siblings-2").verdict).toBe("invalid");
    const smallest = three();
    smallest.read([a], 8, 9, { r: 1, context: { a: 1 } });
    expect(smallest.check("siblings-2").verdict).toBe("not-applicable");
  });

  test("claimed under such quorums, every read is held to it", () => {
    const scenario = three({ r: 1, claimed: ["siblings-2"] });
    scenario.read([a], 8, 9, { context: { a: 1 } });
    expect(scenario.check("siblings-2").verdict).toBe("invalid");
    const empty = new Scenario({ versions: "siblings", r: 1, w: 1, claimed: ["siblings-2"] });
    empty.write("v1", 0, 5, { version: "a:1" });
    empty.read([], 8, 9, { context: {} });
    expect(empty.check("siblings-2").verdict).toBe("invalid");
  });
});

describe("siblings-3 and 4", () => {
  test("a member that another member supersedes", () => {
    const scenario = four([a, b]);
    scenario.read([b, c], 8, 9, { context: all });
    expect(scenario.check("siblings-3")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ operations: [1, 5, 6] }],
    });
    const concurrent = four([a]);
    concurrent.read([b, c], 8, 9, { context: all });
    expect(concurrent.check("siblings-3").verdict).toBe("valid");
  });

  test("what was superseded comes back alone", () => {
    const scenario = four([a, b]);
    scenario.read([b], 8, 9, { context: all });
    expect(scenario.check("siblings-3").verdict).toBe("valid");
    expect(scenario.check("siblings-4")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ operations: [1, 5, 6] }],
    });
    const overlapping = four([a, b]);
    overlapping.read([b], 7, 9, { context: all });
    expect(overlapping.check("siblings-4").verdict).toBe("valid");
  });
});

describe("siblings-5", () => {
  test("a blind write that another swallowed: covered, not returned, superseded by nobody", () => {
    const swallowed = three();
    swallowed.read([b], 8, 9, { context: { a: 1, b: 1 } });
    expect(swallowed.check("siblings-5")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ operations: [0, 1, 4] }],
    });
    const unseen = three();
    unseen.read([b], 8, 9, { context: { b: 1 } });
    expect(unseen.check("siblings-5").verdict).toBe("valid");
    const superseded = four([a, b]);
    superseded.read([c], 8, 9, { context: all });
    expect(superseded.check("siblings-5").verdict).toBe("valid");
  });
});

describe("siblings-6 and 7", () => {
  test("one dot for two writes, also where only a replica shows the second", () => {
    expect(three().check("siblings-6")).toMatchObject({ verdict: "valid", judged: 2 });
    const twice = three();
    twice.write("v3", 5, 6, { version: "a:1" });
    expect(twice.check("siblings-6")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ operations: [0, 4] }],
    });
    expect(
      three()
        .inspect("final", 9, "n1", [of("v7", "b:1")])
        .check("siblings-6").verdict,
    ).toBe("invalid");
  });

  test("one write under two dots in one read", () => {
    const scenario = three();
    scenario.read([a, of("v1", "c:1")], 8, 9, { context: { a: 1, c: 1 } });
    expect(scenario.check("siblings-7")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ operations: [0, 4] }],
    });
    expect(three().check("siblings-7").verdict).toBe("valid");
  });
});

describe("no-resurrection", () => {
  test("last write wins: what an acknowledged delete outranks is read again", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.delete("0002", 2, 3);
    scenario.read([tombstone("0002")], 4, 5);
    expect(scenario.check("no-resurrection").verdict).toBe("valid");
    scenario.read([of("v1")], 6, 7);
    expect(scenario.check("no-resurrection")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ operations: [0, 1, 3] }],
    });
  });

  test("a newer write after the delete, or a delete that is not yet acknowledged, is no resurrection", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.delete("0002", 2, 6);
    scenario.write("v3", 2, 6);
    scenario.read([of("v1")], 4, 5);
    scenario.read([of("v3")], 7, 8);
    expect(scenario.check("no-resurrection")).toMatchObject({ verdict: "valid", judged: 1 });
  });

  test("siblings: what the deleter had read is returned again, what it had not read may be", () => {
    const build = (shown: Parameters<Scenario["read"]>[0]): Scenario => {
      const scenario = three();
      const read = scenario.read(shown, 4, 5, { context: { a: 1, b: 1 } });
      scenario.delete("a:2", 6, 7, { contextOf: read });
      scenario.read([b, tombstone("a:2")], 8, 9, { context: all });
      return scenario;
    };
    expect(build([a, b]).check("no-resurrection").verdict).toBe("invalid");
    expect(build([a]).check("no-resurrection").verdict).toBe("valid");
  });
});

describe("the sentences", () => {
  const sentences = (scenario: Scenario, guarantee: Parameters<Scenario["check"]>[0]): unknown =>
    scenario.check(guarantee).anomalies;

  test("siblings-1", () => {
    const scenario = three().fault(0, "pause", ["n2"], 8, 12);
    scenario.read([a, c], 8, 9, { client: "c1", context: all });
    scenario.write("v3", 10, 11, { version: "a:2" });
    scenario.read([a, of("v9", "b:7")], 12, 13, { client: "c1", context: all });
    expect(sentences(scenario, "siblings-1")).toEqual([
      {
        guarantee: "siblings-1",
        explanation:
          "read 4 of k0 by c1 returned v1, v3, although write 5 (v3) was invoked only 1.0 ms after the read ended",
        operations: [5, 4],
        key: "k0",
        atUs: 9000,
        because: ["fault 0 (pause of n2) began at 8.0 ms and was healed at 12.0 ms"],
      },
      {
        guarantee: "siblings-1",
        explanation:
          "read 6 of k0 by c1 returned v1, v9, although no operation had written v9 (b:7)",
        operations: [6],
        key: "k0",
        atUs: 13000,
        because: ["fault 0 (pause of n2) began at 8.0 ms and was healed at 12.0 ms"],
      },
    ]);
  });

  test("siblings-2", () => {
    const scenario = four([a]);
    scenario.read([c], 8, 9, { client: "c1", context: all });
    expect(sentences(scenario, "siblings-2")).toEqual([
      {
        guarantee: "siblings-2",
        explanation:
          "read 4 of k0 by other4 returned v1, although write 1 (v2) was acknowledged 3.0 ms before the read began and no returned sibling supersedes it: write 0 (v1) carried no context",
        operations: [1, 4],
        key: "k0",
        atUs: 5000,
      },
      {
        guarantee: "siblings-2",
        explanation:
          "read 6 of k0 by c1 returned v3, although write 1 (v2) was acknowledged 7.0 ms before the read began and no returned sibling supersedes it: write 5 (v3) carried only the context of read 4",
        operations: [1, 6],
        key: "k0",
        atUs: 9000,
      },
    ]);
  });

  test("siblings-3 and siblings-4", () => {
    const scenario = four([a, b]);
    scenario.read([b, c], 8, 9, { client: "c1", context: all });
    const because = ["write 5 (v3) carried the context of read 4, which had returned v1, v2"];
    expect(sentences(scenario, "siblings-3")).toEqual([
      {
        guarantee: "siblings-3",
        explanation:
          "read 6 of k0 by c1 returned v2, v3, although write 5 (v3) supersedes write 1 (v2)",
        operations: [1, 5, 6],
        key: "k0",
        atUs: 9000,
        because,
      },
    ]);
    expect(sentences(scenario, "siblings-4")).toEqual([
      {
        guarantee: "siblings-4",
        explanation:
          "read 6 of k0 by c1 returned v2, v3, although write 5 (v3) had superseded write 1 (v2) and was acknowledged 1.0 ms before the read began",
        operations: [1, 5, 6],
        key: "k0",
        atUs: 9000,
        because,
      },
    ]);
  });

  test("siblings-2: what told the replicas to drop it, if that was before the read ended", () => {
    const lost = (atMs: number): unknown => {
      const scenario = four([a]);
      scenario.frame("sent", "n1", "n2", atMs, {
        frame: "replica-write",
        trace: 0,
        request: 1,
        cause: "write",
        key: "k0",
        versions: ["a:1"],
        context: { a: 1, b: 1 },
      });
      return scenario
        .check("siblings-2")
        .anomalies.map(({ explanation, operations }) => [
          explanation.split("supersedes it")[1],
          operations,
        ]);
    };
    expect(lost(4)).toEqual([
      [
        ": write 0 (v1) made the replicas drop write 1 (v2), although write 0 (v1) carried no context",
        [1, 0, 4],
      ],
    ]);
    expect(lost(8)).toEqual([[": write 0 (v1) carried no context", [1, 4]]]);
    expect(
      four([])
        .check("siblings-2")
        .anomalies.map(({ explanation }) => explanation.split("supersedes it")[1]),
    ).toEqual([""]);
  });

  test("siblings-3: what the replicas were sent of what the later write carried", () => {
    const sent = (
      versions: readonly string[],
      context: Readonly<Record<string, number>>,
    ): unknown => {
      const scenario = new Scenario({ versions: "siblings", stamps: "none" });
      const first = scenario.write("v1", 0, 1, { version: "a:1", context: { a: 1 } });
      const second = scenario.write("v2", 2, 3, { version: "b:1", contextOf: first });
      scenario.frame("sent", "n2", "n3", 2.5, {
        frame: "replica-write",
        trace: second,
        request: 1,
        cause: "write",
        key: "k0",
        versions,
        context,
      });
      scenario.read([a, of("v2", "b:1")], 4, 5);
      return scenario.check("siblings-3").anomalies[0]?.because;
    };
    const carried = "write 1 (v2) carried the context of write 0 (v1)";
    expect(sent(["b:1"], { a: 1, b: 1 })).toEqual([carried]);
    expect(sent(["b:1"], { b: 1 })).toEqual([
      carried,
      "n2 sent the replicas write 1 (v2) with a context that does not cover a:1, the version of write 0 (v1)",
    ]);
    expect(sent(["a:1", "b:1"], { a: 1, b: 1 })).toEqual([
      carried,
      "n2 sent the replicas write 1 (v2) with write 0 (v1) still beside it",
    ]);
  });

  test("siblings-5", () => {
    const scenario = three();
    scenario.read([b], 8, 9, { client: "c1", context: { a: 1, b: 1 } });
    expect(sentences(scenario, "siblings-5")).toEqual([
      {
        guarantee: "siblings-5",
        explanation:
          "read 4 of k0 by c1 returned v2, although write 0 (v1) and write 1 (v2) were both written without a context, and no write with a context supersedes write 0 (v1)",
        operations: [0, 1, 4],
        key: "k0",
        atUs: 9000,
      },
    ]);
  });

  test("siblings-6", () => {
    const scenario = three();
    scenario.write("v3", 5, 6, { version: "a:1" });
    scenario.inspect("final", 9, "n1", [of("v7", "b:1")]);
    expect(scenario.check("siblings-6")).toEqual({
      verdict: "invalid",
      anomalies: [
        {
          guarantee: "siblings-6",
          explanation: "the dot a:1 of k0 names two writes: v1 (write 0) and v3 (write 4)",
          operations: [0, 4],
          key: "k0",
          atUs: 6000,
        },
        {
          guarantee: "siblings-6",
          explanation:
            "the dot b:1 of k0 names two writes: v2 (write 1) and v7 (as n1 held it at 9.0 ms)",
          operations: [1],
          key: "k0",
          atUs: 9000,
        },
      ],
      judged: 2,
      measurements: {},
    });
  });

  test("siblings-6: who gave the dot to each, and the faults since the first", () => {
    const scenario = new Scenario({ versions: "siblings", stamps: "none" })
      .fault(0, "disk", ["n1"], 2, 4)
      .fault(1, "kill", ["n2"], 0, 0.5);
    scenario.write("v1", 1, 2, { version: "a:1" });
    scenario.write("v2", 5, 6, { version: "a:1" });
    const request = {
      frame: "replica-write",
      request: 1,
      cause: "write",
      key: "k0",
      versions: ["a:1"],
    } as const;
    scenario
      .frame("sent", "n1", "n2", 1, { ...request, trace: 0 })
      .frame("sent", "n1", "n3", 1.5, { ...request, trace: 0 });
    scenario
      .frame("sent", "n1", "n2", 5, { ...request, trace: 1, versions: ["a:0"] }, 2)
      .frame("sent", "n1", "n2", 5.5, { ...request, trace: 1 }, 2);
    expect(scenario.check("siblings-6").anomalies).toEqual([
      {
        guarantee: "siblings-6",
        explanation: "the dot a:1 of k0 names two writes: v1 (write 0) and v2 (write 1)",
        operations: [0, 1],
        key: "k0",
        atUs: 6000,
        because: [
          "n1 (boot 1) gave the dot a:1 to write 0 (v1) at 1.0 ms",
          "n1 (boot 2) gave the dot a:1 to write 1 (v2) at 5.5 ms",
          "fault 0 (disk of n1) began at 2.0 ms and was healed at 4.0 ms",
        ],
      },
    ]);
    const read = three();
    read.read([of("v8", "a:1")], 8, 9);
    expect(read.check("siblings-6").anomalies.map(({ explanation }) => explanation)).toEqual([
      "the dot a:1 of k0 names two writes: v1 (write 0) and v8 (as read 4 returned it)",
    ]);
  });

  test("siblings-7", () => {
    const scenario = three();
    scenario.read([a, of("v1", "c:1")], 8, 9, { client: "c1", context: { a: 1, c: 1 } });
    expect(sentences(scenario, "siblings-7")).toEqual([
      {
        guarantee: "siblings-7",
        explanation:
          "read 4 of k0 by c1 returned v1, v1, where write 0 (v1) appears twice, as a:1 and as c:1",
        operations: [0, 4],
        key: "k0",
        atUs: 9000,
      },
    ]);
  });

  test("no-resurrection", () => {
    const scenario = new Scenario()
      .fault(0, "partition", ["n1"], 4, 5)
      .fault(1, "kill", ["n1"], 0, 1);
    scenario.write("v1", 0, 1);
    scenario.delete("0002", 2, 3, { client: "c2" });
    scenario.read([of("v1")], 6, 7, { client: "c1" });
    expect(sentences(scenario, "no-resurrection")).toEqual([
      {
        guarantee: "no-resurrection",
        explanation:
          "read 2 of k0 by c1 returned v1, although delete 1, newer by stamp, was acknowledged 3.0 ms before the read began",
        operations: [0, 1, 2],
        key: "k0",
        atUs: 7000,
        because: ["fault 0 (partition of n1) began at 4.0 ms and was healed at 5.0 ms"],
      },
    ]);
  });

  test("no-resurrection: who answered what, who had missed the delete, and who sent its value on", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.delete("0002", 2, 3);
    for (const node of ["n2", "n3"]) scenario.sync(node, 2.5, { key: "k0", versions: ["0002"] });
    const repair = {
      frame: "replica-write",
      request: 1,
      cause: "anti-entropy",
      key: "k0",
    } as const;
    scenario
      .frame("sent", "n1", "n2", 2.9, { ...repair, versions: ["0001"] })
      .frame("sent", "n1", "n3", 4, { ...repair, versions: ["0001"] })
      .frame("sent", "n1", "n3", 5, { ...repair, versions: ["0007"] });
    scenario
      .frame("sent", "n1", "n3", 6.1, { frame: "replica-read", trace: 2, request: 2, key: "k0" })
      .frame("received", "n1", "n3", 6.2, {
        frame: "replica-read-ok",
        trace: 2,
        request: 2,
        key: "k0",
        versions: ["0001"],
      });
    scenario.frame("sent", "n1", "n2", 8, { ...repair, versions: ["0001"] });
    scenario
      .inspect("poll", 2.4, "n2", [])
      .inspect("poll", 5, "n1", [])
      .inspect("poll", 5, "n2", [])
      .inspect("poll", 6, "n2", [of("v1")]);
    scenario.inspect("poll", 5, "n3", [tombstone("0002")]).inspect("poll", 7.1, "n3", []);
    scenario.read([of("v1")], 6, 7);
    expect(scenario.check("no-resurrection").anomalies[0]?.because).toEqual([
      "n3 answered read 2 with v1 (write 0)",
      "n1 never synced delete 1",
      "n2 synced delete 1 at 2.5 ms, but held nothing at 5.0 ms",
      "n1 sent n3 v1 (write 0) at 4.0 ms, by anti-entropy",
    ]);
  });

  test("why a rule does not apply", () => {
    expect(new Scenario().check("siblings-3")).toEqual({
      verdict: "not-applicable",
      reason: "judges only the workload siblings, and the workload of this history is register",
      anomalies: [],
      judged: 0,
    });
    expect(new Scenario().check("siblings-6")).toEqual({
      verdict: "not-applicable",
      reason: "judges only the workload siblings, and the workload of this history is register",
      anomalies: [],
      judged: 0,
    });
    expect(new Scenario().check("no-resurrection")).toEqual({
      verdict: "not-applicable",
      reason: "no delete was acknowledged before a read",
      anomalies: [],
      judged: 0,
    });
    expect(three().check("no-resurrection")).toEqual({
      verdict: "not-applicable",
      reason: "no delete was acknowledged before a read",
      anomalies: [],
      judged: 0,
    });
  });
});

describe("one dot, one write", () => {
  test("two deletes under one dot", () => {
    const scenario = three();
    scenario.delete("c:1", 5, 6);
    scenario.read([tombstone("c:1")], 7, 8, { context: { c: 1 } });
    expect(scenario.check("siblings-6").verdict).toBe("valid");
    scenario.delete("c:1", 9, 10);
    expect(scenario.check("siblings-6")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ operations: [4, 6] }],
    });
  });

  test("a tombstone of unknown origin is no second issue of its dot", () => {
    const scenario = three();
    scenario.read([tombstone("c:1")], 7, 8, { context: { c: 1 } });
    scenario.read([tombstone("c:1")], 7, 8, { context: { c: 1 } });
    expect(scenario.check("siblings-6")).toMatchObject({ verdict: "valid", judged: 3 });
    scenario.read([of("v1", "c:1")], 7, 8, { context: { c: 1 } });
    expect(scenario.check("siblings-6")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ operations: [0] }],
    });
  });

  test("a dot that stands for three things is reported once, and keys are apart", () => {
    const scenario = three({ preference: { k0: ["n1", "n2", "n3"], k1: ["n1", "n2", "n3"] } });
    for (const value of ["v3", "v4"]) scenario.write(value, 5, 6, { version: "a:1" });
    scenario.write("v3", 5, 6, { key: "k1", version: "a:1" });
    expect(
      scenario.check("siblings-6").anomalies.map(({ operations, key }) => [operations, key]),
    ).toEqual([[[0, 4], "k0"]]);
  });

  test("the dot of a write whose client did not hear of it is known from what the node answered", () => {
    const build = (dot: string, frame: "client-write-ok" | "client-read-ok"): Scenario => {
      const scenario = three();
      const unheard = scenario.write("v3", 5, 6, { outcome: "info" });
      scenario.write("v4", 5, 6, { outcome: "info" });
      return scenario.frame("sent", "n1", "c1", 5.5, {
        frame,
        trace: unheard,
        key: "k0",
        versions: [dot],
      });
    };
    expect(build("a:1", "client-write-ok").check("siblings-6")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ operations: [0, 4] }],
    });
    expect(build("c:1", "client-write-ok").check("siblings-6")).toMatchObject({
      verdict: "valid",
      judged: 3,
    });
    expect(build("a:1", "client-read-ok").check("siblings-6").verdict).toBe("valid");
  });
});

test("what a replica holds of a write is no second issue of its dot", () => {
  expect(three().inspect("final", 9, "n1", [a, b]).check("siblings-6")).toMatchObject({
    verdict: "valid",
    judged: 2,
  });
});

test("no-resurrection by stamp: a tie is no return, a delete without a version proves nothing, and no fault is no cause", () => {
  const tie = new Scenario();
  tie.write("v1", 0, 1, { version: "0002" });
  tie.delete("0002", 2, 3);
  tie.read([of("v1", "0002")], 4, 5);
  expect(tie.check("no-resurrection").verdict).toBe("valid");
  const scenario = new Scenario({ evidence: false });
  scenario.write("v1", 0, 1);
  scenario.delete("0002", 2, 3);
  scenario.read([of("v1")], 4, 5);
  expect(Object.keys(scenario.check("no-resurrection").anomalies[0] ?? {})).not.toContain(
    "because",
  );
  const damaged = scenario
    .events()
    .map((event) => (event.e === "ok" && event.op === 1 ? { ...event, versions: [] } : event));
  expect(judgeBy("no-resurrection", modelOf(damaged)).anomalies).toEqual([]);
});

test("a context of another key stands for nothing here", () => {
  const scenario = three();
  const other = scenario.read([a], 2, 3, { key: "k1", context: { a: 1 } });
  scenario.write("v3", 6, 7, { version: "a:2", contextOf: other });
  scenario.read([a, c], 8, 9, { context: all });
  expect(scenario.check("siblings-3").verdict).toBe("valid");
});

test("a write that took its context from another write's answer supersedes that one", () => {
  const scenario = three();
  scenario.write("v3", 6, 7, { version: "a:2", contextOf: 0 });
  scenario.read([a, c], 8, 9, { context: all });
  expect(scenario.check("siblings-3")).toMatchObject({
    verdict: "invalid",
    anomalies: [{ operations: [0, 4, 5] }],
  });
});

test("superseding goes on through a chain of hundreds of writes", () => {
  const scenario = new Scenario({ versions: "siblings", stamps: "none" });
  let last = scenario.write("v0", 0, 1, { version: "a:1" });
  for (let i = 1; i < 300; i++)
    last = scenario.write(`v${i}`, 10 * i, 10 * i + 1, { version: `a:${i + 1}`, contextOf: last });
  scenario.read([of("v0", "a:1"), of("v299", "a:300")], 4000, 4001, { context: { a: 300 } });
  expect(scenario.check("siblings-3")).toMatchObject({
    verdict: "invalid",
    anomalies: [{ operations: [0, 299, 300] }],
  });
});

describe("the rules, in detail", () => {
  test("a tombstone of unknown origin needs an unheard delete that had begun", () => {
    const build = (startMs: number): string => {
      const scenario = three();
      scenario.read([tombstone("z:1")], 5, 6, { context: all });
      scenario.delete("", startMs, 20, { outcome: "info" });
      return scenario.check("siblings-1").verdict;
    };
    expect([build(6), build(6.1)]).toEqual(["valid", "invalid"]);
  });

  test("a read that was not answered is not judged, and the smallest W that was asked for counts", () => {
    const scenario = three();
    scenario.read([], 8, 9, { outcome: "info" });
    expect(scenario.check("siblings-1").judged).toBe(2);
    scenario.write("v3", 10, 11, { version: "a:2", w: 1 });
    scenario.read([], 12, 13, { context: all });
    expect(scenario.check("siblings-2")).toMatchObject({ verdict: "not-applicable", judged: 0 });
    const larger = three();
    larger.write("v3", 10, 11, { version: "a:2", w: 3 });
    larger.read([], 12, 13, { context: all });
    expect(larger.check("siblings-2").verdict).toBe("invalid");
  });

  test("siblings-5 names a member that swallowed it, if one may have; a delete that went in time was swallowed by nobody", () => {
    const scenario = three();
    scenario.write("v4", 5, 6, { version: "b:2" });
    scenario.read([of("v4", "b:2")], 8, 9, { context: { a: 1, b: 2 } });
    expect(scenario.check("siblings-5").anomalies.map(({ operations }) => operations)).toEqual([
      [0, 4, 5],
    ]);
    const deleted = (overrides: ConstructorParameters<typeof Scenario>[0]): string => {
      const one = three(overrides);
      one.delete("c:1", 5, 6);
      one.read([a, b], 8, 9, { context: { a: 1, b: 1, c: 1 } });
      return one.check("siblings-5").verdict;
    };
    expect([deleted({}), deleted({ deletes: "reap" })]).toEqual(["invalid", "valid"]);
  });

  test("siblings-4 names what was superseded first", () => {
    const scenario = four([a, b]);
    scenario.read([b, a], 8, 9, { context: all });
    expect(scenario.check("siblings-4").anomalies.map(({ operations }) => operations)).toEqual([
      [1, 5, 6],
    ]);
  });
});
