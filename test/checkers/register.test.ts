import { describe, expect, test } from "vitest";
import { of, Scenario, tombstone } from "./support.ts";

const levels = ["regular-stamped", "regular", "linearizable"] as const;
const verdicts = (scenario: Scenario): string[] => levels.map((level) => scenario.check(level).verdict);

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
      "read 1 of k0 by c2 returned nothing, although write 0 (v1) was acknowledged 12.4 ms before the read began, and v1 is newer than the initial value",
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
    const scenario = new Scenario({ preference: { k0: ["n1", "n2", "n3"], k1: ["n1", "n2", "n3"] } });
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

  test("not-found without a version is legal if a delete may have made it, and not once a later write was acknowledged", () => {
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
