/**
 * Tests stores that return plain values without versions. Predicates are compared with their definitions, or with what
 * they say where there are versions, on small random histories.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judge } from "../../../checkers/index.ts";
import { Scenario, type RunOverrides } from "../support.ts";
import { cheapSampleSize, sampleSize } from "../sample-size.ts";
import type { HistoryEvent, Judgement } from "../../../checkers/index.ts";

const plain: RunOverrides = { versions: "none", inspection: false, evidence: false };

interface Op {
  readonly f: "read" | "write" | "delete";
  readonly client: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly outcome: "ok" | "fail" | "info";
  /** The value that was written or returned. Null if the read returned nothing. */
  readonly value: string | null;
  readonly final?: true;
  readonly node?: string;
}

/** Random histories of three clients, each with one operation at a time. Reads return any written value, or nothing. */
const histories = (kinds: readonly Op["f"][]): fc.Arbitrary<Op[]> =>
  fc
    .array(
      fc.record({
        client: fc.nat(2),
        f: fc.constantFrom(...kinds),
        gap: fc.nat(3),
        takes: fc.integer({ min: 1, max: 6 }),
        outcome: fc.constantFrom(
          "ok" as const,
          "ok" as const,
          "ok" as const,
          "info" as const,
          "fail" as const,
        ),
        shows: fc.nat(5),
      }),
      { minLength: 2, maxLength: 9 },
    )
    .map((drawn) => {
      const clocks = [0, 0, 0];
      const written = drawn.filter(({ f }) => f === "write").length;
      let next = 0;
      return drawn.map(({ client, f, gap, takes, outcome, shows }): Op => {
        const startMs = (clocks[client] ?? 0) + gap;
        const endMs = startMs + takes;
        clocks[client] = endMs + 1;
        const shown = written === 0 || shows > written ? null : `v${shows % written}`;
        const value = f === "write" ? `v${next++}` : f === "read" ? shown : null;
        return { f, client, startMs, endMs, outcome, value };
      });
    });

const registers = histories(["read", "read", "write"]);
const withDeletes = histories(["read", "write", "write", "delete"]);

/** The events of a history. With `version`, values have versions, which that function names. */
function scenarioOf(
  ops: readonly Op[],
  run: RunOverrides = {},
  version?: (value: string) => string,
): HistoryEvent[] {
  const scenario = new Scenario({ ...plain, promised: ["no-thin-air"], ...run });
  for (const { f, client, startMs, endMs, outcome, value, final, node } of ops) {
    const options = {
      client: `c${client}`,
      // After an indeterminate operation the client continues as another process, but in the same session.
      process: client,
      outcome,
      ...(final === undefined ? {} : { final }),
      ...(node === undefined ? {} : { node }),
    };
    if (f === "write")
      scenario.write(value ?? "", startMs, endMs, {
        ...options,
        version: version?.(value ?? "") ?? value ?? "",
      });
    else if (f === "delete") scenario.delete("", startMs, endMs, options);
    else
      scenario.read(
        value === null ? [] : [{ version: version?.(value) ?? value, value }],
        startMs,
        endMs,
        options,
      );
  }
  const events = scenario.events();
  if (version !== undefined) return events;
  return events.map((event) => {
    if (event.e !== "ok") return event;
    const { versions = [], ...rest } = event;
    const isRead = ops[event.op]?.f === "read";
    return isRead ? { ...rest, versions: versions.map(({ value }) => ({ value })) } : rest;
  });
}

const judged = (name: string, events: readonly HistoryEvent[]): Judgement | undefined =>
  judge(events).guarantees[name];

const check = (property: fc.IProperty<[Op[], number]>): void =>
  fc.assert(property, { numRuns: cheapSampleSize(2_000), seed: 14 });

/** Whether `a` ended before `b` began, by more than the slack. */
const precedes = (a: Op, b: Op, slackMs: number): boolean =>
  a.outcome === "ok" && a.endMs + slackMs < b.startMs;

function* orders<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) yield [];
  for (const [i, first] of items.entries())
    for (const rest of orders(items.filter((_, j) => j !== i))) yield [first, ...rest];
}

describe("sessions without versions", () => {
  /** Decides the guarantee by its definition: whether some order of the writes fits all pairs of operations. */
  function holds(ops: readonly Op[], slackMs: number, earlierKind: "read" | "write"): boolean {
    const writes = ops.filter(({ f, outcome }) => f === "write" && outcome !== "fail");
    const known = ops.filter(
      ({ f, outcome, value }) =>
        outcome === "ok" &&
        (f === "write" || value === null || writes.some((write) => write.value === value)),
    );
    const pairs = known.flatMap((later, i) => {
      if (later.f !== "read") return [];
      const before = known
        .slice(0, i)
        .filter(({ f, client }) => f === earlierKind && client === later.client);
      // A read is compared with all earlier reads, but only with the last earlier write.
      return (earlierKind === "read" ? before : before.slice(-1)).map(
        (earlier) => [earlier, later] as const,
      );
    });
    for (const order of orders(writes)) {
      const legal = order.every((a, i) => order.slice(0, i).every((b) => !precedes(a, b, slackMs)));
      const placeOf = ({ value }: Op): number => order.findIndex((write) => write.value === value);
      if (legal && pairs.every(([earlier, later]) => placeOf(earlier) <= placeOf(later)))
        return true;
    }
    return false;
  }

  test.each([
    ["monotonic-reads", "read"],
    ["read-your-writes", "write"],
  ] as const)("%s is broken exactly where no order of the writes fits", (name, earlier) => {
    const seen = { valid: 0, invalid: 0 };
    check(
      fc.property(registers, fc.nat(3), (ops, slackMs) => {
        const run = {
          stamps: "hybrid" as const,
          bounds: { convergeUs: 0, skewUs: slackMs * 1000, reconnectUs: 0 },
        };
        const verdict = judged(name, scenarioOf(ops, run))?.verdict;
        if (verdict !== "valid" && verdict !== "invalid") return;
        seen[verdict]++;
        expect(verdict).toBe(holds(ops, slackMs, earlier) ? "valid" : "invalid");
      }),
    );
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(sampleSize(20));
  });

  test("two sessions that saw two concurrent writes in opposite order break monotonic-reads", () => {
    const at = { outcome: "ok" } as const;
    const ops: Op[] = [
      { ...at, f: "write", client: 0, startMs: 0, endMs: 9, value: "v0" },
      { ...at, f: "write", client: 1, startMs: 0, endMs: 9, value: "v1" },
      { ...at, f: "read", client: 2, startMs: 1, endMs: 2, value: "v0" },
      { ...at, f: "read", client: 2, startMs: 3, endMs: 4, value: "v1" },
      { ...at, f: "read", client: 3, startMs: 1, endMs: 2, value: "v1" },
      { ...at, f: "read", client: 3, startMs: 3, endMs: 4, value: "v0" },
    ];
    const { anomalies } = judged("monotonic-reads", scenarioOf(ops)) ?? {};
    expect(anomalies?.map(({ explanation }) => explanation)).toEqual([
      expect.stringMatching(/no single order of the writes explains all of these$/),
    ]);
    expect(judged("monotonic-reads", scenarioOf(ops.slice(0, 5)))?.verdict).toBe("valid");
  });

  test("a clock that was moved leaves order to nobody", () => {
    const ops: Op[] = [
      { f: "write", client: 0, startMs: 0, endMs: 1, outcome: "ok", value: "v0" },
      { f: "write", client: 0, startMs: 10, endMs: 11, outcome: "ok", value: "v1" },
      { f: "read", client: 0, startMs: 20, endMs: 21, outcome: "ok", value: "v0" },
    ];
    const moved: HistoryEvent = {
      e: "fault",
      atUs: 0,
      phase: "inject",
      fault: 0,
      kind: "clock-jump",
      nodes: ["n1"],
    };
    const events = scenarioOf(ops);
    expect(judged("read-your-writes", events)?.verdict).toBe("invalid");
    const [run, ...rest] = events;
    if (run === undefined) return expect.fail("a run event");
    expect(judged("read-your-writes", [run, moved, ...rest])?.verdict).toBe("valid");
  });
});

describe("the register ladder without versions", () => {
  test.each(["regular", "linearizable"])("%s says the same as with versions", (name) => {
    const seen = { valid: 0, invalid: 0 };
    check(
      fc.property(registers, fc.constant(0), (ops, _unused) => {
        const without = judged(name, scenarioOf(ops));
        const having = judged(
          name,
          scenarioOf(ops, { versions: "stamps" }, (value) => `stamp of ${value}`),
        );
        expect(without?.verdict).toBe(having?.verdict);
        expect(without?.judged).toBe(having?.judged);
        if (without?.verdict === "valid" || without?.verdict === "invalid") seen[without.verdict]++;
      }),
    );
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(sampleSize(20));
  });

  test("k, Δ and Γ are the same, and so are no-thin-air and no-aborted-read", () => {
    check(
      fc.property(registers, fc.constant(0), (ops, _unused) => {
        const without = judge(scenarioOf(ops)).guarantees;
        const having = judge(
          scenarioOf(ops, { versions: "stamps" }, (value) => `stamp of ${value}`),
        ).guarantees;
        for (const figure of ["k", "kAtLeast", "deltaMs", "gammaShare", "gammaMs", "missedByTime"])
          expect(without["staleness"]?.measurements?.[figure]).toEqual(
            having["staleness"]?.measurements?.[figure],
          );
        for (const name of ["no-thin-air", "no-aborted-read"])
          expect(without[name]?.verdict).toBe(having[name]?.verdict);
      }),
    );
  });
});

describe("durable and converged by the last reads", () => {
  const nodes = ["n1", "n2", "n3"];
  /** The values of the final reads, which come at 1,000 ms, one through each node. */
  const ending = fc.array(fc.option(fc.nat(4), { freq: 3 }), { minLength: 3, maxLength: 3 });

  const withLastReads = (ops: readonly Op[], shown: readonly (number | null)[]): Op[] => {
    const values = ops.flatMap(({ f, value }) => (f === "write" && value !== null ? [value] : []));
    return [
      ...ops,
      ...shown.map((index, i): Op => ({
        f: "read",
        client: 7,
        startMs: 1_000 + 10 * i,
        endMs: 1_005 + 10 * i,
        outcome: "ok",
        value: index === null ? null : (values[index % Math.max(1, values.length)] ?? null),
        final: true,
        node: nodes[i] ?? "",
      })),
    ];
  };

  test("a write is lost exactly where each last read shows only what ended before it began", () => {
    const seen = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(withDeletes, ending, fc.nat(3), (before, shown, skewMs) => {
        const ops = withLastReads(before, shown);
        const run = {
          stamps: "wall" as const,
          bounds: { convergeUs: 0, skewUs: skewMs * 1000, reconnectUs: 0 },
        };
        const last = ops.filter(({ final }) => final === true);
        const effectEnd = (op: Op): number => (op.outcome === "ok" ? op.endMs : Infinity);
        const isLost = (write: Op): boolean =>
          last.every(({ value }) =>
            value === null
              ? before.every(
                  (other) =>
                    other.f !== "delete" ||
                    other.outcome === "fail" ||
                    effectEnd(other) + skewMs < write.startMs,
                )
              : before.every(
                  (other) =>
                    other.f !== "write" ||
                    other.value !== value ||
                    effectEnd(other) + skewMs < write.startMs,
                ),
          );
        const lost = before.filter((op) => op.f !== "read" && op.outcome === "ok" && isLost(op));
        const judgement = judged("durable", scenarioOf(ops, run));
        if (judgement?.verdict === "not-applicable") return;
        const found = judgement?.anomalies.map(({ operations }) => operations[0]);
        expect(new Set(found)).toEqual(new Set(lost.map((op) => ops.indexOf(op))));
        seen[lost.length > 0 ? "invalid" : "valid"]++;
        expect(judgement?.verdict).toBe(lost.length > 0 ? "invalid" : "valid");
      }),
      { numRuns: cheapSampleSize(2_000), seed: 14 },
    );
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(sampleSize(20));
  });

  test("converged holds exactly where the last reads through all nodes agree", () => {
    fc.assert(
      fc.property(withDeletes, ending, (before, shown) => {
        fc.pre(before.some(({ outcome }) => outcome === "ok"));
        const ops = withLastReads(before, shown);
        const events = scenarioOf(ops, {});
        const quiet: HistoryEvent = { e: "phase", atUs: 999_000, phase: "quiet" };
        const at = events.findIndex((event) => "atUs" in event && event.atUs > 999_000);
        const values = new Set(ops.filter(({ final }) => final === true).map(({ value }) => value));
        expect(judged("converged", events.toSpliced(at, 0, quiet))?.verdict).toBe(
          values.size === 1 ? "valid" : "invalid",
        );
      }),
      { numRuns: sampleSize(500), seed: 14 },
    );
  });

  test("say that they were judged from reads, and why", () => {
    const write: Op = { f: "write", client: 0, startMs: 0, endMs: 1, outcome: "ok", value: "v0" };
    const events = scenarioOf(withLastReads([write], [0, 0, 0]));
    for (const name of ["durable", "converged"] as const)
      expect(judged(name, events)).toMatchObject({
        verdict: "valid",
        judgedFrom:
          "the last reads of each key through each node, because the target's replicas cannot be inspected",
      });
  });

  test("a loss that a node was not asked about, and reads that came early, prove nothing", () => {
    const ops: Op[] = [
      { f: "write", client: 0, startMs: 0, endMs: 1, outcome: "ok", value: "v0" },
      { f: "write", client: 0, startMs: 10, endMs: 11, outcome: "ok", value: "v1" },
    ];
    const partly = withLastReads(ops, [0, 0, 0]).slice(0, -1);
    expect(judged("durable", scenarioOf(partly))).toMatchObject({
      verdict: "unknown",
      reason: "no read of k0 through n3 succeeded in the final phase",
    });
    const differing = withLastReads(ops, [0, 1, 1]);
    expect(judged("converged", scenarioOf(differing))).toMatchObject({
      verdict: "unknown",
      reason: expect.stringContaining("repair may take 1000.0 ms after the end of the faults"),
    });
    expect(judged("durable", scenarioOf(withLastReads(ops, [0, 0, 0])))?.anomalies).toMatchObject([
      {
        explanation:
          "write 1 of k0 by c0 (v1) was acknowledged at 11.0 ms, but the last reads returned v0 through n1, n2 and n3",
      },
    ]);
  });
});

describe("what a target does not show", () => {
  const bare: RunOverrides = { ...plain, stamps: "none" };
  function bareRun(): HistoryEvent[] {
    const ops: Op[] = [
      { f: "write", client: 0, startMs: 0, endMs: 1, outcome: "ok", value: "v0" },
      { f: "read", client: 0, startMs: 2, endMs: 3, outcome: "ok", value: "v0" },
    ];
    return scenarioOf(ops, bare).map((event) => {
      if (event.e !== "run") return event;
      const { n: _n, r: _r, w: _w, preference: _p, repair: _repair, ...rest } = event;
      return rest;
    });
  }

  test("makes its guarantees not applicable, and names what is missing", () => {
    const { guarantees } = judge(bareRun());
    const reasons = Object.entries(guarantees).flatMap(([name, { verdict, reason }]) =>
      verdict === "not-applicable" && reason?.startsWith("needs ") === true
        ? [`${name} ${reason.slice(0, reason.indexOf(":"))}`]
        : [],
    );
    expect(reasons).toEqual([
      "no-crash needs processes",
      "acknowledged needs evidence",
      "retained needs evidence",
      "no-dirty-read needs evidence",
      "unique-stamps needs stamps",
      "staleness needs versions",
      "repair-quiescent needs evidence",
      "monotonic-writes needs versions",
      "writes-follow-reads needs versions",
      "no-resurrection needs versions",
      "available needs quorums",
      "handed-over needs evidence",
      "ring-agreed needs inspection",
    ]);
  });

  test("never makes a history invalid", () => {
    const claimed = judge(
      bareRun().map((event) =>
        event.e === "run"
          ? { ...event, claimed: ["acknowledged", "available", "no-resurrection"] }
          : event,
      ),
    );
    expect(claimed.verdict).toBe("valid");
  });
});
