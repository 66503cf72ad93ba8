/** Tests the workload `unique-ids` in quorate's own histories. */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judge } from "../../../checkers/index.ts";
import type { GuaranteeVerdict, HistoryEvent, Json, RunEvent } from "../../../checkers/index.ts";
import { sampleSeed, sampleSize } from "../sample-size.ts";
import { type RunOverrides, runWith } from "../support.ts";

interface Generate {
  readonly startUs: number;
  readonly endUs: number;
  readonly outcome: "ok" | "fail" | "info";
  /** The id that the target returned. Absent if it returned none. */
  readonly id?: Json;
  readonly node?: string;
}

const runOf = (overrides: RunOverrides = {}): RunEvent =>
  runWith({ workload: "unique-ids", promised: ["unique-ids"], ...overrides });

function judged(
  history: readonly Generate[],
  between: readonly HistoryEvent[] = [],
  run = runOf(),
): GuaranteeVerdict | undefined {
  const events = history.flatMap(({ startUs, endUs, outcome, id, node = "n1" }, op) => {
    const invoke: HistoryEvent = {
      e: "invoke",
      atUs: startUs,
      op,
      client: `c${op}`,
      process: op,
      node,
      f: "generate",
      key: "k0",
    };
    const end: HistoryEvent =
      outcome === "ok"
        ? { e: "ok", atUs: endUs, op, ...(id === undefined ? {} : { result: id }) }
        : { e: outcome, atUs: endUs, op, code: "timeout" };
    return [invoke, end];
  });
  const timeOf = (event: HistoryEvent): number => ("atUs" in event ? event.atUs : 0);
  const sorted = [...events, ...between].sort((a, b) => timeOf(a) - timeOf(b));
  return judge([run, ...sorted, { e: "end", atUs: 1_000_000 }]).guarantees["unique-ids"];
}

const got = (id: Json, startUs: number, endUs: number, node = "n1"): Generate => ({
  startUs,
  endUs,
  outcome: "ok",
  id,
  node,
});

const generates = fc.array(
  fc
    .record({
      startUs: fc.nat(20),
      takes: fc.integer({ min: 1, max: 6 }),
      outcome: fc.constantFrom("ok" as const, "ok" as const, "ok" as const, "fail" as const),
      id: fc.oneof(
        fc.nat(3),
        fc.nat(3).map(String),
        fc.tuple(fc.constantFrom("k0", "k1"), fc.nat(1)),
        fc.constant(undefined),
      ),
    })
    .map(({ startUs, takes, outcome, id }): Generate => ({
      startUs,
      endUs: startUs + takes,
      outcome,
      ...(id === undefined ? {} : { id }),
    })),
  { minLength: 1, maxLength: 8 },
);

it("says what comparing all pairs of ids says", () => {
  const seen = { valid: 0, invalid: 0 };
  fc.assert(
    fc.property(generates, (history) => {
      const ids = history.filter(({ outcome, id }) => outcome === "ok" && id !== undefined);
      fc.pre(ids.length > 0);
      const repeats = ids.filter((one, i) =>
        ids.slice(0, i).some((other) => isDeepStrictEqual(one.id, other.id)),
      ).length;
      const { verdict, anomalies, judged: count } = judged(history) ?? {};
      expect(verdict).toBe(repeats > 0 ? "invalid" : "valid");
      expect(anomalies).toHaveLength(repeats);
      expect(count).toBe(ids.length);
      for (const { operations } of anomalies ?? []) {
        const [first, again] = operations.map((op) => history[op]);
        expect(first?.id).toEqual(again?.id);
        expect(first?.endUs).toBeLessThanOrEqual(again?.endUs ?? -1);
      }
      seen[repeats > 0 ? "invalid" : "valid"]++;
    }),
    { numRuns: sampleSize(2000), seed: sampleSeed },
  );
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(sampleSize(2000) / 10);
});

describe("an id that is given twice", () => {
  it("is named with both operations, and with the restart between them", () => {
    const restart = (["inject", "injected", "heal", "healed"] as const).map(
      (phase, i): HistoryEvent => ({
        e: "fault",
        atUs: 3_000 + 1_000 * i,
        phase,
        fault: 0,
        kind: "kill",
        nodes: ["n1"],
      }),
    );
    const verdict = judged([got("k0/a", 1_000, 2_000), got("k0/a", 8_000, 9_000, "n2")], restart);
    expect(verdict).toMatchObject({
      verdict: "invalid",
      anomalies: [
        {
          explanation:
            'generate 1 of k0 by c1 through n2 got the id "k0/a" at 9.0 ms, which generate 0 of k0 by c0 through n1 had got at 2.0 ms',
          operations: [0, 1],
          key: "k0",
          atUs: 9_000,
          because: [expect.stringMatching(/^fault 0 \(kill of n1\) began/)],
        },
      ],
    });
  });

  it("is the fault of whoever got it later, though its operation began first", () => {
    expect(judged([got("a", 0, 9), got("a", 5, 6)])?.anomalies[0]?.operations).toEqual([1, 0]);
  });

  it("counts once more for each time that it is given again", () => {
    expect(judged([got("a", 0, 1), got("a", 2, 3), got("a", 4, 5)])?.anomalies).toHaveLength(2);
  });
});

describe("unique-ids without versions", () => {
  const plain = runOf({ versions: "none", inspection: false, evidence: false });
  it("is not applicable where no id is shown", () => {
    expect(judged([{ startUs: 0, endUs: 1, outcome: "ok" }], [], plain)).toMatchObject({
      verdict: "not-applicable",
      reason: "needs versions: reads and acknowledgements carry no versions",
    });
  });

  it("is judged where the target generates ids itself", () => {
    expect(judged([got(7, 0, 1), got(8, 2, 3)], [], plain)?.verdict).toBe("valid");
    expect(judged([got(7, 0, 1), got(7, 2, 3)], [], plain)?.verdict).toBe("invalid");
  });
});

it("is unknown where versions are promised and no operation showed one", () => {
  expect(judged([{ startUs: 0, endUs: 1, outcome: "ok" }])?.verdict).toBe("unknown");
});
