import { describe, expect, test } from "vitest";
import { of, Scenario, tombstone } from "../support.ts";

const levels = ["regular-stamped", "regular", "linearizable"] as const;
const verdicts = (scenario: Scenario): string[] =>
  levels.map((level) => scenario.check(level).verdict);

describe("the register ladder", () => {
  test("a new/old inversion breaks only linearizable", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.write("v2", 2, 20);
    scenario.read([of("v2")], 3, 4);
    scenario.read([of("v1")], 5, 6);
    expect(verdicts(scenario)).toEqual(["valid", "valid", "invalid"]);
  });

  test("stamps against real time break regular but not regular-stamped", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.write("v2", 2, 3);
    scenario.read([of("v1")], 4, 5);
    expect(verdicts(scenario)).toEqual(["valid", "invalid", "invalid"]);
  });

  test("two reads that disagree on the order of acknowledged writes break every level", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 3);
    scenario.write("v2", 1, 3);
    scenario.read([of("v1")], 4, 5);
    scenario.read([of("v2")], 4, 5);
    expect(verdicts(scenario)).toEqual(["invalid", "invalid", "invalid"]);
  });

  test("nothing after an acknowledged write breaks every level, and the sentence names both operations", () => {
    const scenario = new Scenario();
    const write = scenario.write("v1", 0, 1, { client: "c1" });
    const read = scenario.read([], 13.4, 14, { client: "c2" });
    expect(verdicts(scenario)).toEqual(["invalid", "invalid", "invalid"]);
    const anomaly = scenario.check("regular-stamped").anomalies[0];
    expect(anomaly?.operations).toEqual([write, read]);
    expect(anomaly?.explanation).toBe(
      "read 1 of k0 by c2 returned nothing, although write 0 (v1) was acknowledged 12.4 ms " +
        "before the read began, and v1 is newer than the initial value",
    );
  });

  test("an indeterminate write may surface late, and vanish again where no level orders it", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.write("v2", 2, 3, { outcome: "info" });
    scenario.read([of("v1")], 4, 5);
    scenario.read([of("v2")], 100, 101);
    expect(verdicts(scenario)).toEqual(["valid", "valid", "valid"]);
    scenario.read([of("v1")], 102, 103);
    expect(verdicts(scenario)).toEqual(["valid", "valid", "invalid"]);
  });

  test("indeterminate reads are dropped and definitely failed writes removed", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.write("v2", 2, 3, { outcome: "fail" });
    scenario.read([of("v9")], 4, 5, { outcome: "info" });
    scenario.read([of("v1")], 6, 7);
    expect(verdicts(scenario)).toEqual(["valid", "valid", "valid"]);
    scenario.read([of("v2")], 8, 9);
    expect(verdicts(scenario)).toEqual(["invalid", "invalid", "invalid"]);
  });

  test("times that touch are concurrent", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 5);
    scenario.read([], 5, 6);
    expect(verdicts(scenario)).toEqual(["valid", "valid", "valid"]);
  });

  test("keys do not touch each other", () => {
    const scenario = new Scenario({
      preference: { k0: ["n1", "n2", "n3"], k1: ["n1", "n2", "n3"] },
    });
    scenario.write("v1", 0, 1);
    scenario.write("v1", 0, 1, { key: "k1" });
    scenario.read([of("v1")], 2, 3);
    expect(verdicts(scenario)).toEqual(["valid", "valid", "valid"]);
    scenario.read([], 2, 3, { key: "k1" });
    expect(scenario.check("regular").anomalies.map(({ key }) => key)).toEqual(["k1"]);
  });

  test("a deletion is a write: its tombstone must not be missed, and what it deleted must not return", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.delete("0002", 2, 3);
    scenario.read([tombstone("0002")], 4, 5);
    expect(verdicts(scenario)).toEqual(["valid", "valid", "valid"]);
    scenario.read([of("v1")], 6, 7);
    expect(verdicts(scenario)).toEqual(["invalid", "invalid", "invalid"]);
  });

  test("a tombstone of an indeterminate delete is no phantom, one that no delete can have made is", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.delete("", 2, 3, { outcome: "info" });
    scenario.read([tombstone("0007")], 4, 5);
    expect(verdicts(scenario)).toEqual(["valid", "valid", "valid"]);
    const early = new Scenario();
    early.write("v1", 0, 1);
    early.read([tombstone("0007")], 4, 5);
    early.delete("", 6, 7, { outcome: "info" });
    expect(verdicts(early)).toEqual(["invalid", "invalid", "invalid"]);
  });

  test("not-found without a version is legal until a write after the delete is acknowledged", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.delete("0002", 2, 3);
    scenario.read([], 4, 5);
    expect(verdicts(scenario)).toEqual(["valid", "valid", "valid"]);
    scenario.write("v3", 6, 7);
    scenario.read([], 10, 11);
    expect(verdicts(scenario)).toEqual(["valid", "invalid", "invalid"]);
  });

  test("several versions at once are no register: unknown, not a guess", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.write("v2", 0, 1);
    scenario.read([of("v1"), of("v2")], 2, 3);
    expect(() => scenario.check("regular")).toThrow(/2 versions/);
  });
});

describe("the sentences of the register levels", () => {
  const first = (scenario: Scenario, level: (typeof levels)[number] = "linearizable") =>
    scenario
      .check(level)
      .anomalies.map(({ explanation, operations, atUs }) => ({ explanation, operations, atUs }));

  test("a stale read, with its replies, the replicas behind and the faults", () => {
    const scenario = new Scenario()
      .fault(0, "partition", ["n3"], 3, 7)
      .fault(1, "kill", ["n1"], 90, 91);
    scenario.write("v1", 0, 1);
    scenario.write("v2", 2, 3);
    const request = { frame: "replica-read", trace: 2, request: 0, key: "k0" } as const;
    scenario.frame("sent", "n1", "n3", 9.1, request).frame("received", "n1", "n3", 9.2, {
      ...request,
      frame: "replica-read-ok",
      versions: ["0001"],
    });
    scenario
      .sync("n1", 3, { key: "k0", versions: ["0002"] })
      .sync("n2", 11, { key: "k0", versions: ["0002"] })
      .sync("n3", 3, { key: "k0", versions: ["0001"] });
    scenario.read([of("v1")], 9, 10, { client: "c1" });
    expect(scenario.check("regular").anomalies).toEqual([
      {
        guarantee: "regular",
        explanation:
          "read 2 of k0 by c1 returned v1, although write 1 (v2) was acknowledged 6.0 ms " +
          "before the read began, and write 1 (v2) began 1.0 ms after write 0 (v1) was " +
          "acknowledged",
        operations: [0, 1, 2],
        key: "k0",
        atUs: 10000,
        because: [
          "n3 answered read 2 with v1 (write 0)",
          "n2 synced write 1 (v2), or a newer version, only 2.0 ms after read 2 began",
          "n3 never synced write 1 (v2)",
          "fault 0 (partition of n3) began at 3.0 ms and was healed at 7.0 ms",
        ],
      },
    ]);
  });

  test("that what was returned is the newer by its stamp, where it is", () => {
    const because = (versions: readonly string[]): readonly string[] | undefined => {
      const scenario = new Scenario({ evidence: false });
      scenario.write("v1", 0, 1, { version: versions[0] as string });
      scenario.write("v2", 2, 3, { version: versions[1] as string });
      scenario.read([of("v1", versions[0])], 4, 5);
      const [anomaly] = scenario.check("regular").anomalies;
      expect(anomaly?.operations).toEqual([0, 1, 2]);
      return anomaly?.because;
    };
    expect(because(["0009", "0002"])).toEqual([
      "write 0 (v1) has the higher stamp: 0009 is above 0002, the stamp of write 1 (v2)",
    ]);
    expect(because(["0001", "0002"])).toBeUndefined();
  });

  test("a new/old inversion, by reads, by a read and a write, and by deletions", () => {
    const reads = new Scenario();
    reads.write("v1", 0, 1);
    reads.write("v2", 2, 20);
    reads.read([of("v2")], 3, 4);
    reads.read([of("v1")], 5, 6);
    expect(first(reads)).toEqual([
      {
        explanation:
          "read 3 of k0 by other3 returned v1, although read 2 of k0 by other2 had returned " +
          "v2 1.0 ms before the read began, and write 1 (v2) began 1.0 ms after write 0 (v1) " +
          "was acknowledged",
        operations: [0, 1, 2, 3],
        atUs: 6000,
      },
    ]);
    const initial = new Scenario();
    initial.write("v1", 0, 20);
    initial.read([of("v1")], 3, 4);
    initial.read([], 5, 6);
    expect(first(initial)).toEqual([
      {
        explanation:
          "read 2 of k0 by other2 returned nothing, although read 1 of k0 by other1 had " +
          "returned v1 1.0 ms before the read began, and v1 is newer than the initial value",
        operations: [0, 1, 2],
        atUs: 6000,
      },
    ]);
    const deleted = new Scenario();
    deleted.write("v1", 0, 1);
    deleted.delete("0002", 2, 3);
    deleted.read([tombstone("0002")], 4, 5);
    deleted.read([of("v1")], 6, 7);
    expect(first(deleted)).toEqual([
      {
        explanation:
          "read 3 of k0 by other3 returned v1, although delete 1 was acknowledged 3.0 ms " +
          "before the read began, and delete 1 began 1.0 ms after write 0 (v1) was " +
          "acknowledged",
        operations: [0, 1, 3],
        atUs: 7000,
      },
    ]);
    const back = new Scenario();
    back.delete("0001", 0, 1);
    back.write("v2", 2, 3);
    back.read([tombstone("0001")], 4, 5);
    expect(first(back, "regular")).toEqual([
      {
        explanation:
          "read 2 of k0 by other2 returned the tombstone of delete 0, although write 1 (v2) " +
          "was acknowledged 1.0 ms before the read began, and write 1 (v2) began 1.0 ms " +
          "after delete 0 was acknowledged",
        operations: [0, 1, 2],
        atUs: 5000,
      },
    ]);
  });

  test("values that were each read after the other was written", () => {
    const both = new Scenario();
    both.write("v1", 0, 3);
    both.write("v2", 1, 3);
    both.read([of("v1")], 4, 5);
    both.read([of("v2")], 4, 5);
    for (const level of levels) expect(both.check(level).anomalies).toHaveLength(1);
    expect(first(both, "regular-stamped")).toEqual([
      {
        explanation:
          "read 2 of k0 by other2 returned v1, although write 1 (v2) was acknowledged 1.0 ms " +
          "before the read began, and read 3 of k0 by other3, begun 1.0 ms after write 0 " +
          "(v1) was acknowledged, returned v2, so each of these two values would have to be " +
          "written after the other",
        operations: [0, 1, 2, 3],
        atUs: 5000,
      },
    ]);
    const late = new Scenario();
    late.write("v1", 0, 1);
    late.write("v2", 2, 3);
    late.read([of("v2")], 4, 5);
    late.read([of("v1")], 6, 7);
    late.read([of("v2")], 8, 9);
    expect(first(late)).toEqual([
      {
        explanation:
          "read 3 of k0 by other3 returned v1, although write 1 (v2) was acknowledged 3.0 ms " +
          "before the read began, and write 1 (v2) began 1.0 ms after write 0 (v1) was " +
          "acknowledged",
        operations: [0, 1, 3],
        atUs: 7000,
      },
    ]);
    expect(first(late, "regular-stamped")).toEqual([
      {
        explanation:
          "read 3 of k0 by other3 returned v1, although write 1 (v2) was acknowledged 3.0 ms " +
          "before the read began, and read 4 of k0 by other4, begun 7.0 ms after write 0 " +
          "(v1) was acknowledged, returned v2, so each of these two values would have to be " +
          "written after the other",
        operations: [0, 1, 3, 4],
        atUs: 7000,
      },
    ]);
  });

  test("all six operations of two overlapping writes and two reads of each value", () => {
    const crossed = new Scenario();
    crossed.write("v1", 0, 20);
    crossed.write("v2", 0, 20);
    crossed.read([of("v1")], 1, 3);
    crossed.read([of("v2")], 1, 4);
    crossed.read([of("v1")], 5, 9);
    crossed.read([of("v2")], 6, 9);
    expect(first(crossed)).toEqual([
      {
        explanation:
          "read 5 of k0 by other5 returned v2, although read 2 of k0 by other2 had returned " +
          "v1 3.0 ms before the read began, and read 4 of k0 by other4, begun 1.0 ms after " +
          "read 3 of k0 by other3 had returned v2, returned v1, so each of these two values " +
          "would have to be written after the other",
        operations: [1, 0, 3, 2, 5, 4],
        atUs: 9000,
      },
    ]);
  });

  test("a tombstone of unknown origin", () => {
    const scenario = new Scenario();
    scenario.delete("", 0, 1, { outcome: "info" });
    scenario.read([tombstone("0007")], 2, 3);
    scenario.write("v8", 4, 5);
    scenario.read([tombstone("0007")], 6, 7);
    expect(first(scenario)).toEqual([
      {
        explanation:
          "read 3 of k0 by other3 returned a deletion, although write 2 (v8) was " +
          "acknowledged 1.0 ms before the read began, and write 2 (v8) began 1.0 ms after " +
          "read 1 of k0 by other1 had returned a deletion",
        operations: [2, 1, 3],
        atUs: 7000,
      },
    ]);
  });

  test("reads of what nobody wrote, wrote later, or was refused", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1, { outcome: "fail" });
    scenario.read([of("v1")], 2, 3);
    scenario.read([of("v9")], 2, 3);
    scenario.read([of("v2")], 2, 3);
    scenario.write("v2", 4, 5);
    scenario.read([tombstone("0007")], 5, 6);
    expect(scenario.check("regular").anomalies).toEqual([
      {
        guarantee: "regular",
        explanation:
          "read 1 of k0 by other1 returned v1, although write 0 of k0 by other0 had definitely failed (timeout)",
        operations: [0, 1],
        key: "k0",
        atUs: 3000,
      },
      {
        guarantee: "regular",
        key: "k0",
        atUs: 3000,
        explanation: "read 2 of k0 by other2 returned v9 (0009), which no operation had written",
        operations: [2],
      },
      {
        guarantee: "regular",
        key: "k0",
        atUs: 3000,
        explanation:
          "read 3 of k0 by other3 returned v2 (0002), although write 4 (v2) was invoked only " +
          "1.0 ms after the read ended",
        operations: [4, 3],
      },
      {
        guarantee: "regular",
        key: "k0",
        atUs: 6000,
        explanation:
          "read 5 of k0 by other5 returned a deletion (0007), which no operation had written",
        operations: [5],
      },
    ]);
  });

  test("not found though no delete may have made it so, among reads that may", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.read([], 2, 3, { client: "c1" });
    scenario.delete("0002", 5, 6);
    scenario.read([], 7, 8, { client: "c2" });
    scenario.write("v3", 9, 10);
    scenario.read([], 12, 13, { client: "c3" });
    expect(first(scenario, "regular")).toEqual([
      {
        explanation:
          "read 1 of k0 by c1 returned nothing, although write 0 (v1) was acknowledged 1.0 " +
          "ms before the read began, and v1 is newer than the initial value",
        operations: [0, 1],
        atUs: 3000,
      },
    ]);
    expect(first(scenario)).toEqual([
      {
        explanation:
          "read 1 of k0 by c1 returned nothing, although write 0 (v1) was acknowledged 1.0 " +
          "ms before the read began, and v1 is newer than the initial value",
        operations: [0, 1],
        atUs: 3000,
      },
    ]);
    expect(new Scenario({ versions: "siblings" }).check("regular")).toEqual({
      verdict: "not-applicable",
      reason: "judges only the workload register, and the workload of this history is siblings",
      anomalies: [],
      judged: 0,
    });
  });
});

describe("a not-found that may be a delete's", () => {
  const verdicts = (scenario: Scenario) => levels.map((level) => scenario.check(level).verdict);

  test("once it was read the delete has happened: what it deleted, read again, is an inversion and no more", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.delete("0002", 2, 3, { outcome: "info" });
    scenario.read([], 4, 5);
    scenario.read([of("v1")], 6, 7);
    expect(
      Object.fromEntries(levels.map((level) => [level, scenario.check(level).verdict])),
    ).toEqual({ "regular-stamped": "valid", regular: "valid", linearizable: "invalid" });
    const [anomaly] = scenario.check("linearizable").anomalies;
    expect([anomaly?.key, [...(anomaly?.operations ?? [])].sort()]).toEqual(["k0", [0, 2, 3]]);
  });

  test("not one that began after the read had ended, and any one of several is enough", () => {
    const late = new Scenario();
    late.delete("0000", 0, 0.5);
    late.write("v1", 1, 2);
    late.read([], 4, 5);
    late.delete("0002", 10, 11);
    // At the level regular-stamped the order of writes is free, so the first delete may come after v1.
    expect(verdicts(late)).toEqual(["valid", "invalid", "invalid"]);
    const one = new Scenario();
    one.delete("0000", 0, 0.5);
    one.write("v1", 1, 2);
    one.delete("0002", 3, 3.5);
    one.read([], 4, 5);
    expect(verdicts(one)).toEqual(["valid", "valid", "valid"]);
    const touching = new Scenario();
    touching.delete("0000", 0, 0.5);
    touching.write("v1", 1, 2);
    touching.read([], 4, 5);
    touching.delete("0002", 5, 11);
    expect(verdicts(touching)).toEqual(["valid", "valid", "valid"]);
  });
});
