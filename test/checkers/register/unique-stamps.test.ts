import { describe, expect, test } from "vitest";
import { sampleSize } from "../sample-size.ts";
import { chance, of, Scenario } from "../support.ts";

describe("unique-stamps: two writes of a key", () => {
  test("never get equal stamps, and the sentence names both and the read that was misled", () => {
    const scenario = new Scenario();
    const first = scenario.write("v1", 0, 1, { client: "c1", version: "0005" });
    const second = scenario.write("v2", 2, 3, { client: "c1", version: "0005" });
    const read = scenario.read([of("v1", "0005")], 4, 5, { client: "c2" });
    expect(scenario.check("unique-stamps").anomalies).toEqual([
      {
        guarantee: "unique-stamps",
        explanation: "write 0 of k0 by c1 and write 1 of k0 by c1 got the same stamp, 0005",
        operations: [first, second, read],
        key: "k0",
        atUs: 3000,
        because: [
          "c1 asked n1 at 0 ms, c1 asked n1 at 2.0 ms",
          "read 2 of k0 by c2 returned the value of write 0 (v1), although write 1 (v2) began after write 0 (v1) had ended and was acknowledged before the read began",
        ],
      },
    ]);
  });

  test("may get equal stamps where their keys differ", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1, { version: "0005" });
    scenario.write("v1", 2, 3, { version: "0005", key: "k1" });
    expect(scenario.check("unique-stamps")).toMatchObject({ verdict: "valid", judged: 2 });
  });

  test("are known by what a coordinator sent, too", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1, { version: "0005" });
    scenario.write("v2", 2, 3, { outcome: "info" });
    scenario.frame("sent", "n1", "n2", 2, {
      frame: "replica-write",
      trace: 1,
      request: 1,
      cause: "write",
      key: "k0",
      versions: ["0005"],
    });
    expect(scenario.check("unique-stamps").verdict).toBe("invalid");
  });
});

test("a read of a write that ties with a later acknowledged one is older than that", () => {
  const after = (shown: string, startMs: number): string => {
    const scenario = new Scenario();
    scenario.write("v1", startMs, startMs + 1, { client: "c2", version: "0005" });
    scenario.write("v2", 2, 3, { client: "c1", process: 1, version: "0005" });
    scenario.read([of(shown, "0005")], 4, 5, { client: "c1", process: 1 });
    return scenario.check("read-your-writes").verdict;
  };
  expect(after("v1", 0)).toBe("invalid");
  expect(after("v2", 0)).toBe("valid");
  // The two writes are concurrent and have equal stamps, so neither is older.
  expect(after("v1", 2)).toBe("valid");
});

test("unique-stamps says what its definition says, over random writes", () => {
  const random = chance(31);
  for (let i = 0; i < sampleSize(2000); i++) {
    const writes = Array.from({ length: 1 + random.int(5) }, (_, at) => ({
      value: `v${at}`,
      key: `k${random.int(2)}`,
      version: String(random.int(8)).padStart(4, "0"),
      outcome: random.pick(["ok", "ok", "info"] as const),
    }));
    const scenario = new Scenario({ preference: { k0: ["n1"], k1: ["n1"] } });
    writes.forEach(({ value, ...options }, at) => scenario.write(value, at, at + 1, options));
    const isUnique = writes.every((one, at) =>
      writes.every(
        (other, index) =>
          index <= at ||
          one.outcome !== "ok" ||
          other.outcome !== "ok" ||
          one.key !== other.key ||
          one.version !== other.version,
      ),
    );
    expect(scenario.check("unique-stamps").verdict === "invalid", JSON.stringify(writes)).toBe(
      !isUnique,
    );
  }
});
