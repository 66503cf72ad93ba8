import { describe, expect, test } from "vitest";
import { modelOf } from "../../../checkers/model/model.ts";
import { judgeBy, of, Scenario } from "../support.ts";

const mine = { client: "c1", process: 1 };

describe("sessions, last write wins", () => {
  test("read-your-writes: one's own acknowledged write, or something newer", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.write("v2", 2, 3, mine);
    scenario.read([of("v1")], 4, 5);
    scenario.read([of("v2")], 4, 5, mine);
    expect(scenario.check("read-your-writes")).toMatchObject({ verdict: "valid", judged: 1 });
    scenario.read([of("v1")], 6, 7, mine);
    expect(scenario.check("read-your-writes")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ operations: [1, 4] }],
    });
  });

  test("nothing at all is older than one's own write", () => {
    const scenario = new Scenario();
    scenario.write("v2", 2, 3, mine);
    scenario.read([], 4, 5, mine);
    expect(scenario.check("read-your-writes").verdict).toBe("invalid");
  });

  test("a new process is a new session, and an indeterminate write promises nothing", () => {
    const scenario = new Scenario();
    scenario.write("v2", 0, 1, { ...mine, outcome: "info" });
    scenario.write("v3", 2, 3, mine);
    scenario.read([], 4, 5, { client: "c1", process: 2 });
    expect(scenario.check("read-your-writes").verdict).toBe("not-applicable");
  });

  test("monotonic-reads: going back is broken for as long as it lasts", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.write("v2", 0, 1);
    scenario.read([of("v1")], 2, 3, mine);
    scenario.read([of("v2")], 4, 5, mine);
    expect(scenario.check("monotonic-reads").verdict).toBe("valid");
    scenario.read([of("v1")], 6, 7, mine);
    scenario.read([of("v1")], 8, 9, mine);
    expect(scenario.check("monotonic-reads").anomalies.map(({ operations }) => operations)).toEqual(
      [
        [3, 4],
        [3, 5],
      ],
    );
  });

  test("keys are apart", () => {
    const scenario = new Scenario();
    scenario.write("v2", 0, 1, { key: "k1" });
    scenario.read([of("v2")], 2, 3, { ...mine, key: "k1" });
    scenario.read([], 4, 5, mine);
    expect(scenario.check("monotonic-reads").verdict).toBe("not-applicable");
  });

  test("writes after writes and reads, by stamp", () => {
    const scenario = new Scenario();
    scenario.write("v5", 0, 1);
    scenario.write("v2", 2, 3, mine);
    scenario.write("v3", 4, 5, mine);
    expect(scenario.check("monotonic-writes").verdict).toBe("valid");
    scenario.read([of("v5")], 6, 7, mine);
    scenario.write("v4", 8, 9, mine);
    expect(scenario.check("monotonic-writes").verdict).toBe("valid");
    expect(scenario.check("writes-follow-reads")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ operations: [3, 4] }],
    });
    scenario.write("v1", 10, 11, mine);
    expect(scenario.check("monotonic-writes").verdict).toBe("invalid");
  });
});

describe("sessions, siblings", () => {
  const siblings = { versions: "siblings" } as const;

  test("a read covers one's own write: as a member or by its context", () => {
    const build = (context: Readonly<Record<string, number>>): Scenario => {
      const scenario = new Scenario(siblings);
      scenario.write("v1", 0, 1, { ...mine, version: "a:2" });
      scenario.write("v2", 0, 1, { version: "b:1" });
      scenario.read([of("v2", "b:1")], 2, 3, { ...mine, context });
      return scenario;
    };
    expect(build({ a: 2, b: 1 }).check("read-your-writes").verdict).toBe("valid");
    expect(build({ a: 1, b: 1 }).check("read-your-writes").verdict).toBe("invalid");
  });

  test("contexts of reads only grow", () => {
    const scenario = new Scenario(siblings);
    scenario.read([], 0, 1, { ...mine, context: { a: 1 } });
    scenario.read([], 2, 3, { ...mine, context: { a: 1, b: 1 } });
    expect(scenario.check("monotonic-reads").verdict).toBe("valid");
    scenario.read([], 4, 5, { ...mine, context: { a: 2 } });
    expect(scenario.check("monotonic-reads").verdict).toBe("invalid");
  });

  test("a blind put is ordered after nothing", () => {
    const scenario = new Scenario(siblings);
    const first = scenario.write("v1", 0, 1, { ...mine, version: "a:1", context: { a: 1 } });
    scenario.write("v2", 2, 3, { ...mine, version: "a:2" });
    expect(scenario.check("monotonic-writes").verdict).toBe("not-applicable");
    scenario.write("v3", 4, 5, { ...mine, version: "a:3", contextOf: first });
    expect(scenario.check("monotonic-writes").verdict).toBe("invalid");
  });
});

describe("the sentence of a broken session", () => {
  test("a read that is older than the client's own write, with the fault between", () => {
    const scenario = new Scenario()
      .fault(0, "partition", ["n2", "n3"], 2, 4)
      .fault(1, "kill", ["n1"], 6, 7);
    scenario.write("v1", 0, 1, mine);
    scenario.read([], 3.5, 5, mine);
    expect(scenario.check("read-your-writes").anomalies).toEqual([
      {
        guarantee: "read-your-writes",
        explanation:
          "read 1 of k0 by c1 returned nothing, which is older, although write 0 (v1) had been acknowledged to the same client 2.5 ms before this read began",
        operations: [0, 1],
        key: "k0",
        atUs: 5000,
        because: ["fault 0 (partition of n2, n3) began at 2.0 ms and was healed at 4.0 ms"],
      },
    ]);
  });

  test("a read that is older than the client's last: who answered it, and who had what that one returned only later", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.write("v2", 0, 1);
    scenario.read([of("v2")], 2, 3, mine);
    scenario.read([of("v1")], 4, 5, mine);
    const request = { frame: "replica-read", trace: 3, request: 0, key: "k0" } as const;
    scenario.frame("sent", "n1", "n3", 4.1, request).frame("received", "n1", "n3", 4.2, {
      ...request,
      frame: "replica-read-ok",
      versions: ["0001"],
    });
    for (const [node, atMs] of [
      ["n1", 1],
      ["n2", 1],
      ["n3", 6],
    ] as const)
      scenario.sync(node, atMs, { key: "k0", versions: ["0002"] });
    expect(scenario.check("monotonic-reads").anomalies.map(({ because }) => because)).toEqual([
      [
        "n3 answered read 3 with v1 (write 0)",
        "n3 synced write 1 (v2), or a newer version, only 2.0 ms after read 3 began",
      ],
    ]);
  });

  test("a write that is ordered before what the client had read", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.read([of("v1")], 2, 3, mine);
    scenario.write("v0", 3.5, 4, mine);
    expect(scenario.check("writes-follow-reads").anomalies).toEqual([
      {
        guarantee: "writes-follow-reads",
        explanation:
          "write 2 of k0 by c1 is not ordered after read 1, although read 1 had returned v1 to the same client 0.5 ms before this write began",
        operations: [1, 2],
        key: "k0",
        atUs: 4000,
        because: [],
      },
    ]);
    expect(scenario.check("monotonic-writes")).toEqual({
      verdict: "not-applicable",
      reason:
        "no client process had, after an acknowledged write, a write of the same key that can be compared with it",
      anomalies: [],
      judged: 0,
    });
  });
});

test("operations of one process that overlap are in no order", () => {
  const build = (startMs: number): string => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 5, mine);
    scenario.read([], startMs, 9, mine);
    return scenario.check("read-your-writes").verdict;
  };
  expect([build(4), build(5)]).toEqual(["not-applicable", "invalid"]);
});

test("each process of each client has a session for each key", () => {
  const scenario = new Scenario();
  for (const [i, key] of ["k0", "k1", "k2"].entries())
    scenario.write(`v${i + 5}`, 10 * i, 10 * i + 1, { client: "c1", process: i, key });
  for (const client of ["c1", "c2"]) {
    for (const process of [0, 1, 2, 3]) {
      for (const [i, key] of ["k0", "k1", "k2"].entries())
        if (client !== "c1" || process !== i) scenario.read([], 100, 101, { client, process, key });
    }
  }
  expect(scenario.check("read-your-writes").verdict).toBe("not-applicable");
});

test("a value that was written twice is no one's: no verdict rests on it", () => {
  const scenario = new Scenario();
  scenario.write("v1", 0, 1, mine);
  scenario.write("v1", 2, 3, mine);
  expect(() => scenario.check("monotonic-writes")).toThrow(/written only once, got v1 twice/);
});

test("a context of an operation that is not in the history declares nothing", () => {
  const scenario = new Scenario({ versions: "siblings" });
  scenario.write("v1", 0, 1, { ...mine, version: "a:1" });
  scenario.write("v2", 2, 3, { ...mine, version: "b:1", contextOf: 99 });
  expect(scenario.check("monotonic-writes").verdict).toBe("invalid");
});

describe("nothing may stand for a delete, whether tombstones go in time or are kept", () => {
  const readYourWrites = (
    del: {
      readonly version: string;
      readonly startMs: number;
      readonly outcome?: "ok" | "fail" | "info";
    },
    deletes: "reap" | "kept" = "reap",
  ): string => {
    const scenario = new Scenario(deletes === "kept" ? {} : { deletes });
    scenario.delete(del.version, del.startMs, del.startMs + 1, { outcome: del.outcome ?? "ok" });
    scenario.write("v5", 2, 3, mine);
    scenario.read([], 6, 7, mine);
    return scenario.check("read-your-writes").verdict;
  };

  test("one that was not refused, begun before the read ended, and not older than the write", () => {
    const excused = [
      readYourWrites({ version: "0009", startMs: 0 }, "kept"),
      readYourWrites({ version: "0009", startMs: 0 }),
      readYourWrites({ version: "0009", startMs: 7 }),
      readYourWrites({ version: "", startMs: 0, outcome: "info" }),
    ];
    const older = [
      readYourWrites({ version: "0001", startMs: 0 }, "kept"),
      readYourWrites({ version: "0001", startMs: 0 }),
      readYourWrites({ version: "", startMs: 0, outcome: "fail" }),
      readYourWrites({ version: "0009", startMs: 7.1 }),
    ];
    expect({ excused, older }).toEqual({
      excused: ["valid", "valid", "valid", "valid"],
      older: ["invalid", "invalid", "invalid", "invalid"],
    });
  });

  test("without any delete nothing is older than all", () => {
    const scenario = new Scenario({ deletes: "reap" });
    scenario.write("v1", 0, 1, mine);
    scenario.read([], 2, 3, mine);
    scenario.read([of("v1")], 4, 5, mine);
    expect(
      scenario.check("read-your-writes").anomalies.map(({ operations }) => operations),
    ).toEqual([[0, 1]]);
    expect(scenario.check("monotonic-reads").verdict).toBe("valid");
  });
});

test("where tombstones go in time, what replicas knew of siblings may go with one, for reads alone", () => {
  const build = (
    del: { readonly startMs: number; readonly outcome?: "fail" | "info" } | null,
    deletes: "reap" | "kept" = "reap",
  ): readonly string[] => {
    const scenario = new Scenario({
      versions: "siblings",
      ...(deletes === "kept" ? {} : { deletes }),
    });
    const first = scenario.write("v1", 0, 1, { ...mine, version: "a:1", context: { a: 1 } });
    scenario.read([], 0, 1, { key: "k1" });
    if (del !== null) scenario.delete("b:1", del.startMs, 20, { outcome: del.outcome ?? "ok" });
    scenario.read([], 6, 7, { ...mine, context: {} });
    scenario.write("v2", 8, 9, { ...mine, version: "a:2", contextOf: first });
    scenario.write("v3", 10, 11, { ...mine, version: "a:3", contextOf: first });
    return [scenario.check("read-your-writes").verdict, scenario.check("monotonic-writes").verdict];
  };
  for (const del of [{ startMs: 0 }, { startMs: 7 }, { startMs: 0, outcome: "info" }] as const)
    expect(build(del)).toEqual(["valid", "invalid"]);
  for (const del of [null, { startMs: 7.1 }, { startMs: 0, outcome: "fail" }] as const)
    expect(build(del)).toEqual(["invalid", "invalid"]);
  expect(build({ startMs: 0 }, "kept")).toEqual(["invalid", "invalid"]);
});

test("what may stand for a delete of any version is nothing that a later read could be older than", () => {
  const scenario = new Scenario({ deletes: "reap" });
  scenario.write("v1", 0, 1);
  scenario.delete("", 0, 1, { outcome: "info" });
  scenario.read([], 2, 3, mine);
  scenario.read([of("v1")], 4, 5, mine);
  expect(scenario.check("monotonic-reads")).toMatchObject({ verdict: "valid", judged: 1 });
});

test("a write whose version is not known is older than nothing, and nothing is older than it", () => {
  const scenario = new Scenario();
  scenario.write("v1", 0, 1, mine);
  scenario.write("v2", 2, 3, mine);
  const without = (op: number) =>
    scenario
      .events()
      .map((event) => (event.e === "ok" && event.op === op ? { ...event, versions: [] } : event));
  expect(judgeBy("monotonic-writes", modelOf(without(0)))).toMatchObject({
    verdict: "valid",
    judged: 1,
  });
  expect(judgeBy("monotonic-writes", modelOf(without(1)))).toMatchObject({
    verdict: "invalid",
    judged: 1,
  });
});
