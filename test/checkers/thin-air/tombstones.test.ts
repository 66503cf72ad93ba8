import { describe, expect, test } from "vitest";
import { of, Scenario, tombstone } from "../support.ts";

/** A write of v1 and then a delete, both acknowledged. */
function deleted(
  overrides: ConstructorParameters<typeof Scenario>[0] = { deletes: "grace" },
): Scenario {
  const scenario = new Scenario(overrides);
  scenario.write("v1", 0, 1);
  scenario.delete("0002", 10, 11);
  return scenario;
}

describe("where tombstones go in time", () => {
  test("a delete that is nowhere to be seen, and what it deleted, are not lost; kept ones are", () => {
    expect(deleted().finalPhase(100, []).check("durable")).toMatchObject({
      verdict: "valid",
      judged: 2,
    });
    expect(deleted({}).finalPhase(100, []).check("durable").verdict).toBe("invalid");
  });

  test("a delete is lost if what it deleted is left", () => {
    expect(
      deleted()
        .finalPhase(100, [of("v1")])
        .check("durable"),
    ).toMatchObject({ verdict: "invalid", anomalies: [{ operations: [1, 0] }] });
  });

  test("a write newer than every delete is lost all the same", () => {
    const scenario = deleted();
    scenario.write("v3", 20, 21);
    expect(scenario.finalPhase(100, []).check("durable")).toMatchObject({
      verdict: "invalid",
      anomalies: [{ operations: [2] }],
    });
  });

  test("siblings: the same by context", () => {
    const made = (left: "v1" | "nothing", context: boolean): string => {
      const scenario = new Scenario({ versions: "siblings", stamps: "none", deletes: "reap" });
      scenario.write("v1", 0, 1, { version: "n1.1:1" });
      const read = scenario.read([of("v1", "n1.1:1")], 5, 6, { context: { "n1.1": 1 } });
      scenario.delete("n1.1:2", 10, 11, context ? { contextOf: read } : {});
      return scenario
        .finalPhase(100, left === "v1" ? [of("v1", "n1.1:1")] : [], {})
        .check("durable").verdict;
    };
    expect(made("nothing", true)).toBe("valid");
    expect(made("v1", true)).toBe("invalid");
    // A blind delete does not supersede v1.
    expect(made("v1", false)).toBe("valid");
    expect(made("nothing", false)).toBe("invalid");
  });

  const ended = (
    states: readonly (readonly ReturnType<typeof of>[])[],
    deletes?: "reap",
  ): Scenario => {
    const scenario = deleted(deletes === undefined ? {} : { deletes })
      .phase("final-phase", 100)
      .phase("restarted", 100);
    states.forEach((state, index) => scenario.inspect("final", 1500, `n${index + 1}`, state));
    return scenario;
  };

  test("a replica with the tombstone and one without it are equal; one with the value is not", () => {
    expect(ended([[tombstone("0002")], [], []], "reap").check("converged").verdict).toBe("valid");
    expect(ended([[tombstone("0002")], [], []]).check("converged").verdict).toBe("invalid");
    expect(ended([[of("v1")], [], []], "reap").check("converged").verdict).toBe("invalid");
  });

  test("a tombstone sent once among equal replicas is told to one that missed it; sent again, it is copied back", () => {
    const sent = (times: number, version = "0002"): string => {
      const scenario = ended([[tombstone("0002")], [], []], "reap");
      for (let i = 0; i < times; i++)
        scenario.frame("sent", "n1", "n2", 1600 + i, {
          frame: "replica-write",
          request: i,
          cause: "anti-entropy",
          key: "k0",
          versions: [version],
        });
      scenario.read([], 1700, 1701, { final: true });
      return scenario
        .frame("sent", "n2", "n2", 1, { frame: "other", detail: "alive" })
        .frame("sent", "n3", "n3", 1, { frame: "other", detail: "alive" })
        .check("repair-quiescent").verdict;
    };
    expect(sent(1)).toBe("valid");
    expect(sent(2)).toBe("invalid");
    expect(sent(1, "0001")).toBe("invalid");
  });

  test("copied back, it is said what counts as equal, and when it was sent before", () => {
    const scenario = ended([[tombstone("0002")], [], []], "reap");
    for (const atMs of [1550, 1600])
      scenario.frame("sent", "n1", "n2", atMs, {
        frame: "replica-write",
        request: atMs,
        cause: "anti-entropy",
        key: "k0",
        versions: ["0002"],
      });
    scenario.read([], 1700, 1701, { final: true });
    expect(scenario.check("repair-quiescent").anomalies).toMatchObject([
      {
        explanation:
          "the replicas of k0 were equal at 1500.0 ms (a tombstone counts as nothing here, since each replica drops tombstones over time), but n1 again sent n2 a deletion (delete 1) at 1600.0 ms, as at 1550.0 ms, " +
          "by anti-entropy",
        because: ["n1 holds a deletion (delete 1)", "n2 and n3 hold nothing"],
      },
    ]);
  });

  test("a read that finds nothing is not older than the delete, but it is older than a later write", () => {
    const last = (later: "nothing" | "v3", deletes?: "grace"): string => {
      const scenario = new Scenario(deletes === undefined ? {} : { deletes });
      scenario.write("v1", 0, 1, { client: "c1", process: 1 });
      scenario.delete("0002", 10, 11, { client: "c1", process: 1 });
      if (later === "v3") scenario.write("v3", 12, 13, { client: "c1", process: 1 });
      scenario.read([], 20, 21, { client: "c1", process: 1 });
      return scenario.check("read-your-writes").verdict;
    };
    expect(last("nothing", "grace")).toBe("valid");
    // A tombstone that is kept should be visible to the read. But a client cannot tell a missing tombstone from one
    // that was removed in time.
    expect(last("nothing")).toBe("valid");
    expect(last("v3", "grace")).toBe("invalid");
  });
});
