/** Tests the promise that at least a given share of the operations succeeds. Final reads do not count. */
import { describe, expect, it } from "vitest";
import {
  type GuaranteeVerdict,
  type HistoryEvent,
  judge,
  type RunEvent,
} from "../../../checkers/index.ts";
import { runWith } from "../support.ts";

const runOf = (succeedPercent?: number): RunEvent => {
  const run = runWith({ workload: "unique-ids", promised: ["success-rate"] });
  return succeedPercent === undefined ? run : { ...run, bounds: { ...run.bounds, succeedPercent } };
};

/** Judges a history of sequential operations with these outcomes, followed by final reads with the outcomes `sweep`. */
function judged(
  run: RunEvent,
  outcomes: readonly ("ok" | "fail" | "info")[],
  sweep: readonly ("ok" | "fail")[] = [],
): GuaranteeVerdict | undefined {
  const events = [...outcomes, ...sweep].flatMap((outcome, op): HistoryEvent[] => [
    {
      e: "invoke",
      atUs: 10 * op,
      op,
      client: "c1",
      process: op,
      node: "n1",
      f: "generate",
      key: "k0",
      ...(op < outcomes.length ? {} : { final: true }),
    },
    outcome === "ok"
      ? { e: "ok", atUs: 10 * op + 5, op, result: op }
      : { e: outcome, atUs: 10 * op + 5, op, code: "timeout" },
  ]);
  return judge([run, ...events, { e: "end", atUs: 1_000_000 }]).guarantees["success-rate"];
}

describe("success-rate", () => {
  it("holds where exactly so many succeed", () => {
    expect(judged(runOf(75), ["ok", "fail", "ok", "ok"])?.verdict).toBe("valid");
  });

  it("breaks where one more fails, and names the first", () => {
    const verdict = judged(runOf(75), ["ok", "info", "ok", "fail"]);
    expect(verdict?.verdict).toBe("invalid");
    expect(verdict?.anomalies[0]?.explanation).toMatch(
      /^2 of 4 operations succeeded \(50\.0 %\), but at least 75 % must; the first that did not is .*1/,
    );
    expect(verdict?.anomalies[0]?.operations).toEqual([1, 3]);
  });

  it("counts no operation of the final phase", () => {
    expect(judged(runOf(100), ["ok"], ["fail", "fail"])?.verdict).toBe("valid");
    expect(judged(runOf(50), ["fail"], ["ok", "ok"])?.verdict).toBe("invalid");
  });

  it("says nothing where no share is demanded", () => {
    expect(judged(runOf(), ["fail"])?.verdict).toBe("not-applicable");
  });
});
