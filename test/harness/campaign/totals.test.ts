import { describe, expect, it } from "vitest";
import type { GuaranteeName, GuaranteeVerdict, Outcome, Verdict } from "../../../checkers/index.ts";
import type { Attempt } from "../../../harness/campaign/index.ts";
import {
  possibleCoverage,
  sumOf,
  uncounted,
  variedSettings,
} from "../../../harness/campaign/coverage.ts";
import { bundled } from "../../../harness/targets/bundled/index.ts";
import { createTotals, type Tallies } from "../../../harness/campaign/totals.ts";

type Row = readonly [name: GuaranteeName, promised: boolean, verdict: Outcome | "not-applicable"];

function attemptOf(verdict: Outcome, rows: readonly Row[]): Attempt {
  const guarantees = Object.fromEntries(
    rows.map(([name, promised, judged]): [string, GuaranteeVerdict] => [
      name,
      {
        promised,
        verdict: judged,
        anomalies: [],
        judged: judged === "valid" || judged === "invalid" ? 1 : 0,
        meaning: `what ${name} means`,
        ...(judged === "not-applicable" ? { reason: "needs inspection: there is none" } : {}),
      },
    ]),
  );
  const whole: Verdict = {
    format: "quorate-verdict/2",
    verdict,
    reasons: [`was ${verdict}`],
    guarantees,
    stress: {
      operations: 10,
      ok: 8,
      fail: 1,
      info: 1,
      faults: { kill: { injected: 2, overlapped: 3 } },
    },
  };
  // Totals use only the verdict of an attempt.
  return { verdict: whole } as Attempt;
}

function totalsOf(attempts: readonly Attempt[]): ReturnType<typeof createTotals> {
  const totals = createTotals(0.01);
  attempts.forEach((attempted, history) => totals.add(attempted, history));
  return totals;
}

const held: Row = ["durable", true, "valid"];
const valid = attemptOf("valid", [held]);

/** An attempt in which the guarantee `name` was broken, with that explanation. */
function broken(name: GuaranteeName, explanation: string, promised = true): Attempt {
  const attempted = attemptOf("invalid", [[name, promised, "invalid"]]);
  const anomalies = [{ guarantee: name, explanation, operations: [1] }];
  const guarantees = Object.fromEntries(
    Object.entries(attempted.verdict.guarantees).map(([key, row]) => [key, { ...row, anomalies }]),
  );
  return { ...attempted, verdict: { ...attempted.verdict, guarantees } };
}

/** A valid attempt with four writes, of which `ok` succeeded. */
const withWrites = (ok: number): Attempt =>
  ({
    verdict: {
      ...valid.verdict,
      stress: { ...valid.verdict.stress, writes: { asked: 4, ok } },
    },
  }) as unknown as Attempt;

describe("what broke a promise", () => {
  it("is told of the first history, also where shards come in another order", () => {
    const part = (history: number, attempted: Attempt): Tallies => {
      const totals = createTotals(0.01);
      totals.add(attempted, history);
      return totals.tallies();
    };
    const parts = [
      part(7, broken("durable", "write 7 was lost")),
      part(2, valid),
      part(3, broken("durable", "write 3 was lost")),
    ];
    const { durable } = createTotals(0.01, parts).guarantees();
    expect(durable).toMatchObject({ brokenIn: 2, brokenFirst: "history 3: write 3 was lost" });
  });

  it("is not told where nobody promised it", () => {
    const { regular } = totalsOf([broken("regular", "read 1 was stale", false)]).guarantees();
    expect(regular).toMatchObject({ verdict: "invalid", promised: false });
    expect(regular).not.toHaveProperty("brokenFirst");
  });
});

describe("a campaign's verdict", () => {
  it("is unknown when nothing ran", () => {
    expect(totalsOf([]).verdict([]).verdict).toBe("unknown");
  });

  it("is invalid when one history was, however many were not", () => {
    expect(
      totalsOf([
        ...Array<Attempt>(500).fill(valid),
        attemptOf("invalid", [["durable", true, "invalid"]]),
      ]).verdict([]),
    ).toEqual({ verdict: "invalid", reasons: ["history 500: was invalid"] });
  });

  it("names the history of each reason, those of the one that is shown first", () => {
    const [first, shown] = ["read 62 of k0 is lost", "read 1 of k0 is lost"].map(
      (reason) =>
        ({
          verdict: { ...attemptOf("invalid", []).verdict, reasons: [reason] },
        }) as unknown as Attempt,
    ) as [Attempt, Attempt];
    expect(totalsOf([first, valid, shown]).verdict([], { ...shown, history: 2 })).toEqual({
      verdict: "invalid",
      reasons: ["history 2: read 1 of k0 is lost", "history 0: read 62 of k0 is lost"],
    });
  });

  it("is unknown where no write ever succeeded: nothing was there to break", () => {
    expect(totalsOf([withWrites(0), withWrites(0)]).verdict([])).toEqual({
      verdict: "unknown",
      reasons: ["none of 8 writes succeeded, and a store that takes no write breaks few promises"],
    });
    expect(totalsOf([withWrites(0), withWrites(1)]).verdict([]).verdict).toBe("valid");
  });

  it("is unknown where no read ever succeeded, also where shards are merged", () => {
    // All operations that succeeded were writes, so no read did.
    const deaf = withWrites(valid.verdict.stress.ok);
    const reasons = [
      "none of 12 reads succeeded, and a store that answers no read breaks few promises",
    ];
    const alone = totalsOf([deaf, deaf]);
    expect(alone.verdict([])).toEqual({ verdict: "unknown", reasons });
    expect(createTotals(0.01, [alone.tallies()]).verdict([])).toEqual({
      verdict: "unknown",
      reasons,
    });
  });

  it("is unknown where no write succeeded in any shard", () => {
    const part = totalsOf([withWrites(0)]).tallies();
    expect(createTotals(0.01, [part, part]).verdict([])).toEqual({
      verdict: "unknown",
      reasons: ["none of 8 writes succeeded, and a store that takes no write breaks few promises"],
    });
  });

  it("is not decided by one unlucky history, nor by a share that may be chance", () => {
    const unknown = attemptOf("unknown", [["durable", true, "unknown"]]);
    const verdictWith = (unknowns: number, valids: number, tolerance = 0.01): Outcome => {
      const totals = createTotals(tolerance);
      for (let history = 0; history < valids + unknowns; history++)
        totals.add(history < valids ? valid : unknown, history);
      return totals.verdict([]).verdict;
    };
    expect(verdictWith(1, 4)).toBe("valid");
    // A campaign is unknown if the lower bound of the share of unknown histories (Wilson's interval) is above 1 %. The
    // bound is 0.55 % for 2 of 100, and 1.09 % for 10 of 500.
    expect(verdictWith(2, 98)).toBe("valid");
    expect(verdictWith(10, 490)).toBe("unknown");
    // docs/commands.md names 4 and 5 of 200.
    expect(verdictWith(4, 196)).toBe("valid");
    expect(verdictWith(5, 195)).toBe("unknown");
    // A tolerance of 0 says that no history may be unknown.
    expect(verdictWith(1, 199, 0)).toBe("unknown");
    expect(verdictWith(0, 200, 0)).toBe("valid");
    expect(verdictWith(2, 3)).toBe("unknown");
    expect(verdictWith(1, 0)).toBe("unknown");
    // Fewer than half of the histories could be judged.
    expect(verdictWith(2, 1)).toBe("unknown");
  });

  it("is unknown when a promise was judged nowhere, but not for one that never applied", () => {
    const undecided = attemptOf("valid", [held, ["converged", true, "unknown"]]);
    expect(totalsOf(Array<Attempt>(200).fill(undecided)).verdict([])).toMatchObject({
      verdict: "unknown",
      reasons: ["converged was promised in 200 histories and judged in none"],
    });
    expect(
      totalsOf([attemptOf("valid", [held, ["no-resurrection", true, "not-applicable"]])]).verdict(
        [],
      ).verdict,
    ).toBe("valid");
  });
});

describe("a claim", () => {
  it("that applied nowhere is unknown, not held", () => {
    const attempted = attemptOf("valid", [held, ["siblings-1", true, "not-applicable"]]);
    expect(totalsOf([attempted]).verdict(["siblings-1"])).toMatchObject({
      verdict: "unknown",
      reasons: ["siblings-1 was claimed, but applied in none of the 1 histories"],
    });
    expect(totalsOf([attempted]).verdict(["durable"]).verdict).toBe("valid");
  });
});

describe("a campaign's guarantees", () => {
  it("keep what broke a promise apart from what was only observed", () => {
    const rows = totalsOf([
      attemptOf("valid", [["monotonic-reads", false, "invalid"]]),
      attemptOf("valid", [["monotonic-reads", true, "valid"]]),
      attemptOf("valid", [["regular", false, "invalid"]]),
    ]).guarantees();
    expect(rows["monotonic-reads"]).toMatchObject({
      promised: true,
      verdict: "valid",
      promisedIn: 1,
      judgedIn: 1,
      brokenIn: 0,
      observed: { judgedIn: 1, brokenIn: 1 },
    });
    expect(rows.regular).toMatchObject({
      promised: false,
      verdict: "invalid",
      promisedIn: 0,
      judgedIn: 1,
      brokenIn: 1,
    });
  });

  it("stand beside the sums of operations and faults", () => {
    const totals = totalsOf([valid, valid]);
    expect(totals.operations()).toEqual({ total: 20, ok: 16, fail: 2, info: 2 });
    expect(totals.faults()).toEqual({ kill: { injected: 4, overlapped: 6 } });
  });
});

describe("the coverage of a campaign", () => {
  const stress = {
    ...valid.verdict.stress,
    tried: { read: 6, write: 4 },
    met: { kill: { read: 2, write: 1 } },
  };
  const covered = { verdict: { ...valid.verdict, stress } };

  it("counts operations that faults met, and histories of each setting", () => {
    const totals = createTotals(0.01);
    totals.add(covered, 0, { quorums: "strict", r: 2 });
    totals.add(covered, 1, { quorums: "sloppy", r: 2 });
    expect(totals.coverage()).toEqual({
      tried: { read: 12, write: 8 },
      met: { kill: { read: 4, write: 2 } },
      settings: { quorums: { strict: 1, sloppy: 1 }, r: { 2: 2 } },
    });
  });

  it("of parts adds up to that of the whole, in the same order", () => {
    const parts = ["sloppy", "strict"].map((quorums, index) => {
      const part = createTotals(0.01);
      part.add(covered, index, { quorums });
      return part.tallies();
    });
    const whole = createTotals(0.01);
    whole.add(covered, 0, { quorums: "strict" });
    whole.add(covered, 1, { quorums: "sloppy" });
    expect(JSON.stringify(createTotals(0.01, parts).coverage())).toBe(
      JSON.stringify(whole.coverage()),
    );
  });
});

describe("what a campaign could have covered", () => {
  const wishes = { target: bundled, settings: bundled.defaults, claimed: [] };
  const possible = possibleCoverage(
    { ...wishes, faults: ["kill"], workload: "register", swarmSettings: ["hints", "r"] },
    ["kill"],
  );

  it("is there with 0, and what was covered keeps its count", () => {
    expect(possible).toEqual({
      tried: { read: 0, write: 0, delete: 0 },
      met: { kill: { read: 0, write: 0, delete: 0 } },
      settings: { hints: { false: 0, true: 0 }, r: {} },
    });
    const met = { kill: { read: 3 } };
    expect(sumOf([possible, { tried: {}, met, settings: {} }]).met).toEqual({
      kill: { read: 3, write: 0, delete: 0 },
    });
    expect(uncounted(sumOf([possible, { tried: {}, met, settings: {} }]))).toEqual(possible);
  });

  it("leaves settings out that plans cannot vary, and counts large numbers as one value", () => {
    expect(
      variedSettings({ hints: true, r: 2, segmentBytes: 700, nodes: 5 }, [
        "hints",
        "r",
        "segmentBytes",
      ]),
    ).toEqual({ hints: true, r: 2, segmentBytes: "10 or more" });
  });
});
