import { describe, expect, test } from "vitest";
import { of, Scenario, tombstone } from "../support.ts";

test("part of a value, under the version of the write whose value it was, and the faults since", () => {
  const scenario = new Scenario().fault(0, "kill", ["n2"], 1, 2).fault(1, "kill", ["n2"], 4, 5);
  scenario.write("v12", 0, 1, { version: "0001" });
  scenario.read([of("v", "0001")], 2, 3, { client: "c1" });
  expect(scenario.check("no-thin-air").anomalies).toEqual([
    {
      guarantee: "no-thin-air",
      key: "k0",
      atUs: 3000,
      explanation:
        "read 1 of k0 by c1 returned v, which no operation had written, under the version 0001 of write 0 (v12): v is the beginning of that write's value",
      operations: [0, 1],
      because: ["fault 0 (kill of n2) began at 1.0 ms and was healed at 2.0 ms"],
    },
  ]);
  const other = new Scenario();
  other.write("v12", 0, 1, { version: "0001" });
  other.read([of("x", "0001")], 2, 3, { client: "c1" });
  expect(other.check("no-thin-air").anomalies).toEqual([
    {
      guarantee: "no-thin-air",
      key: "k0",
      atUs: 3000,
      explanation:
        "read 1 of k0 by c1 returned x, which no operation had written, under the version 0001 of write 0 (v12)",
      operations: [0, 1],
    },
  ]);
});

describe("no-thin-air", () => {
  test("a read of an overlapping write is fine, even an indeterminate one", () => {
    const scenario = new Scenario();
    scenario.write("v1", 5, 9, { outcome: "open" });
    scenario.read([of("v1")], 0, 5);
    expect(scenario.check("no-thin-air")).toMatchObject({ verdict: "valid", judged: 1 });
  });

  test("a value that nobody wrote", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    const read = scenario.read([of("v2")], 2, 3);
    expect(scenario.check("no-thin-air")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ operations: [read] }],
    });
  });

  test("a value of another key is a thin-air read here", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1, { key: "k1" });
    scenario.read([of("v1")], 2, 3);
    expect(scenario.check("no-thin-air").verdict).toBe("invalid");
  });

  test("a write invoked only after the read had ended", () => {
    const scenario = new Scenario();
    const read = scenario.read([of("v1")], 0, 4);
    const write = scenario.write("v1", 5, 6);
    const { verdict, anomalies } = scenario.check("no-thin-air");
    expect(verdict).toBe("invalid");
    expect(anomalies[0]).toMatchObject({
      operations: [write, read],
      explanation: expect.stringContaining("1.0 ms after the read ended"),
    });
  });

  test("every sibling is looked at, not the first alone", () => {
    const scenario = new Scenario({ versions: "siblings" });
    scenario.write("v1", 0, 1, { version: "a:1" });
    scenario.read([of("v1", "a:1"), of("v2", "a:2")], 2, 3);
    expect(scenario.check("no-thin-air").verdict).toBe("invalid");
  });

  test("a tombstone without any delete", () => {
    const scenario = new Scenario();
    scenario.read([tombstone("0001")], 0, 1);
    expect(scenario.check("no-thin-air").verdict).toBe("invalid");
  });
});

describe("no-aborted-read", () => {
  const failed = (): Scenario => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1, { outcome: "fail" });
    return scenario;
  };

  test("a failed write that nobody sees", () => {
    const scenario = failed();
    scenario.read([], 2, 3);
    expect(scenario.check("no-aborted-read").verdict).toBe("valid");
  });

  test("a failed write that is read, even by a read that had begun before", () => {
    const scenario = failed();
    scenario.read([of("v1")], 0, 3);
    expect(scenario.check("no-aborted-read")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ operations: [0, 1] }],
    });
  });

  test("an indeterminate write may be read", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1, { outcome: "info" });
    scenario.read([of("v1")], 2, 3);
    expect(scenario.check("no-aborted-read").verdict).toBe("valid");
  });

  test("a failed write that only a replica holds", () => {
    const scenario = failed().inspect("final", 9, "n3", [of("v1")]);
    expect(scenario.check("no-aborted-read").verdict).toBe("invalid");
  });

  test("a failed write that was made durable and then overwritten, by evidence alone", () => {
    const scenario = failed()
      .frame("sent", "n1", "n3", 0.2, {
        frame: "replica-write",
        trace: 0,
        request: 1,
        cause: "write",
        key: "k0",
        versions: ["0001"],
      })
      .sync("n3", 0.4, { key: "k0", versions: ["0001"] });
    expect(scenario.check("no-aborted-read").verdict).toBe("invalid");
  });
});

describe("the sentences", () => {
  test("of a value that nobody wrote, and of one from the future", () => {
    const scenario = new Scenario();
    scenario.read([of("v2")], 2, 3, { client: "c1" });
    scenario.read([of("v1")], 2, 3, { client: "c1" });
    scenario.read([tombstone("0007")], 2, 3, { client: "c1" });
    scenario.write("v1", 5, 6);
    scenario.delete("", 3.1, 6, { outcome: "info" });
    expect(scenario.check("no-thin-air")).toEqual({
      verdict: "invalid",
      anomalies: [
        {
          guarantee: "no-thin-air",
          key: "k0",
          atUs: 3000,
          explanation: "read 0 of k0 by c1 returned v2 (0002), which no operation had written",
          operations: [0],
        },
        {
          guarantee: "no-thin-air",
          key: "k0",
          atUs: 3000,
          explanation:
            "read 1 of k0 by c1 returned v1 (0001), although write 3 (v1) was invoked only 2.0 ms after the read ended",
          operations: [3, 1],
        },
        {
          guarantee: "no-thin-air",
          key: "k0",
          atUs: 3000,
          explanation:
            "read 2 of k0 by c1 returned a deletion (0007), which no operation had written",
          operations: [2],
        },
      ],
      judged: 3,
      measurements: {},
    });
  });

  test("of a refused write that was read, held, or made durable: the first sign of each", () => {
    const scenario = new Scenario();
    for (const value of ["v1", "v2", "v3", "v4"])
      scenario.write(value, 0, 1, { outcome: "fail", client: "c1" });
    scenario.read([of("v1")], 2, 3, { client: "c2" });
    scenario
      .inspect("final", 9, "n3", [of("v1"), of("v2")])
      .inspect("final", 9.5, "n2", [of("v2")]);
    scenario.frame("sent", "n1", "n3", 0.2, {
      frame: "replica-write",
      trace: 2,
      request: 1,
      cause: "write",
      key: "k0",
      versions: ["0003"],
    });
    scenario.sync("n3", 0.4, { key: "k0", versions: ["0003"] });
    expect(scenario.check("no-aborted-read")).toEqual({
      verdict: "invalid",
      anomalies: [
        {
          guarantee: "no-aborted-read",
          explanation:
            "write 0 of k0 by c1 ended with the definite error timeout, but read 4 of k0 by c2 returned write 0 (v1)",
          operations: [0, 4],
          key: "k0",
          atUs: 3000,
        },
        {
          guarantee: "no-aborted-read",
          explanation:
            "write 1 of k0 by c1 ended with the definite error timeout, but replica n3 held write 1 (v2) at 9.0 ms",
          operations: [1],
          key: "k0",
          atUs: 9000,
        },
        {
          guarantee: "no-aborted-read",
          explanation:
            "write 2 of k0 by c1 ended with the definite error timeout, but replica n3 made write 2 (v3) durable",
          operations: [2],
          key: "k0",
          atUs: 1000,
          because: [
            "n3 synced write 2 (v3) at 0.4 ms, 0.6 ms before the client was told that the write had failed",
          ],
        },
      ],
      judged: 5,
      measurements: { definiteErrors: 4 },
    });
  });

  test("an anonymous tombstone needs a delete that had begun", () => {
    const build = (startMs: number): Scenario => {
      const scenario = new Scenario();
      scenario.read([tombstone("0007")], 2, 3);
      scenario.delete("", startMs, 9, { outcome: "info" });
      return scenario;
    };
    expect(build(3).check("no-thin-air").verdict).toBe("valid");
    expect(build(3.1).check("no-thin-air").verdict).toBe("invalid");
  });
});

describe("what counts as judged and as a sign", () => {
  test("indeterminate reads are not judged, refused reads are no refused writes", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1);
    scenario.read([], 0, 1, { outcome: "info" });
    scenario.read([], 0, 1, { outcome: "fail" });
    expect(scenario.check("no-thin-air")).toMatchObject({ verdict: "not-applicable", judged: 0 });
    expect(scenario.check("no-aborted-read")).toMatchObject({
      verdict: "not-applicable",
      judged: 0,
      measurements: { definiteErrors: 0 },
    });
    scenario.read([of("v1")], 2, 3);
    expect(scenario.check("no-thin-air")).toMatchObject({ verdict: "valid", judged: 1 });
    expect(scenario.check("no-aborted-read")).toMatchObject({ verdict: "valid", judged: 1 });
  });

  test("an unheard delete excuses a tombstone, not a value", () => {
    const scenario = new Scenario();
    scenario.delete("", 0, 1, { outcome: "info" });
    scenario.read([of("v1")], 2, 3);
    expect(scenario.check("no-thin-air").verdict).toBe("invalid");
  });

  test("what nobody wrote is no sign of a refused write", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1, { outcome: "fail" });
    scenario.write("v2", 0, 1);
    scenario.read([of("v9")], 2, 3);
    scenario.read([of("v2")], 2, 3);
    expect(scenario.check("no-aborted-read").verdict).toBe("valid");
  });

  test("a refused delete whose version an acknowledged one was given too was not read by that one", () => {
    const scenario = new Scenario();
    scenario.delete("", 0, 1, { outcome: "fail" });
    scenario.frame("sent", "n1", "n3", 0.2, {
      frame: "replica-write",
      trace: 0,
      request: 1,
      cause: "write",
      key: "k0",
      versions: ["0003"],
    });
    scenario.delete("0003", 2, 3);
    expect(scenario.check("no-aborted-read").verdict).toBe("valid");
  });

  test("repair that passes a refused write's version on is not its own sending", () => {
    const scenario = new Scenario();
    scenario.write("v1", 0, 1, { outcome: "fail" });
    scenario.frame("sent", "n1", "n3", 0.2, {
      frame: "replica-write",
      trace: 0,
      request: 1,
      cause: "read-repair",
      key: "k0",
      versions: ["0003"],
    });
    scenario.sync("n3", 0.4, { key: "k0", versions: ["0003"] });
    expect(scenario.check("no-aborted-read").verdict).toBe("valid");
  });
});
