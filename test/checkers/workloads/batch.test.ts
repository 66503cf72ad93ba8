import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchAtomic } from "../../../checkers/workloads/batch.ts";
import { history } from "./done.ts";

describe("batch-atomic", () => {
  it("holds where both parts come from one batch, or from none", () => {
    const judgement = batchAtomic(
      history([
        { f: "read", result: [null, null] },
        { f: "write", value: "v1" },
        { f: "read", result: ["v1", "v1"] },
      ]),
    );
    expect(judgement).toMatchObject({ verdict: "valid", judged: 2 });
  });

  it("is broken by half of a batch", () => {
    const { verdict, anomalies } = batchAtomic(
      history([
        { f: "write", value: "v1", outcome: "info", client: "c2" },
        { f: "read", result: [null, "v1"] },
      ]),
    );
    expect(verdict).toBe("invalid");
    expect(anomalies[0]).toMatchObject({
      explanation:
        "c1 read both parts of k0 through n1 and got nothing and v1: half of c2's batch of v1 (begun 0.0 ms before and never answered)",
      operations: [0, 1],
      key: "k0",
    });
  });

  it("is broken by a half of each of two batches, whatever their order", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<readonly [number, number]>([0, 100], [100, 0], [50, 52]),
        ([a, b]) => {
          const { verdict, anomalies } = batchAtomic(
            history([
              { f: "write", value: "v1", startUs: a, endUs: a + 5 },
              { f: "write", value: "v2", startUs: b, endUs: b + 5 },
              { f: "read", result: ["v1", "v2"], startUs: 200, endUs: 210 },
            ]),
          );
          expect(verdict).toBe("invalid");
          expect(anomalies[0]?.operations).toEqual([0, 1, 2]);
        },
      ),
    );
  });
});
