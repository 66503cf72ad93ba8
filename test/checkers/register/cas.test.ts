import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { casLinearizable } from "../../../checkers/register/cas.ts";
import type { Done } from "../../../checkers/register/done.ts";
import { history, orders, span } from "./cas-histories.ts";

type Row = Partial<Done> & { readonly f: string };
const read = (result: string | null, more: Partial<Done> = {}): Row => ({
  f: "read",
  result,
  ...more,
});
const write = (value: string, more: Partial<Done> = {}): Row => ({ f: "write", value, ...more });
const cas = (old: string | null, value: string, more: Partial<Done> = {}): Row => ({
  f: "cas",
  args: { old, new: value },
  result: { applied: true },
  ...more,
});
const refused = (old: string | null, value: string, found?: string | null): Row => ({
  ...cas(old, value),
  result: { applied: false, ...(found === undefined ? {} : { found }) },
});

describe("a register with compare-and-set", () => {
  it("is linearizable where each change found what it expected", () => {
    const rows = [read(null), cas(null, "a"), refused("x", "b", "a"), cas("a", "b"), read("b")];
    expect(casLinearizable(history(rows))).toMatchObject({ verdict: "valid", judged: 5 });
  });

  it("is not where two changes found the same value", () => {
    const { verdict, anomalies } = casLinearizable(
      history([write("a"), cas("a", "b"), cas("a", "c", { client: "c2", node: "n2" })]),
    );
    expect(verdict).toBe("invalid");
    expect(anomalies[0]?.explanation).toBe(
      "the change from a to c by c2 through n2 fits nowhere: all operations on k0 that were answered earlier can be put in order (in one such order the last change is the change from a to b by c1 through n1), but after them k0 can only hold b",
    );
  });

  it("takes what a failed condition found for a read", () => {
    expect(casLinearizable(history([write("a"), refused("x", "b", "z")])).verdict).toBe("invalid");
    expect(casLinearizable(history([write("a"), refused("a", "b")])).verdict).toBe("valid");
  });

  it("lets a change that nobody answered take effect late, or never", () => {
    const open = { outcome: "info", result: undefined } as const;
    expect(casLinearizable(history([cas(null, "a", open), read(null), read("a")])).verdict).toBe(
      "valid",
    );
    expect(casLinearizable(history([cas(null, "a", open), read("a"), read(null)])).verdict).toBe(
      "invalid",
    );
  });

  it("says unknown where the budget does not reach", () => {
    const rows = Array.from({ length: 12 }, (_, i) => write(`v${i}`, { startUs: 0, endUs: 100 }));
    const all = history([
      ...rows,
      read("v3", { startUs: 200, endUs: 201 }),
      read("no", { startUs: 300, endUs: 301 }),
    ]);
    expect(casLinearizable(all, { steps: 20, bytes: 1e6 }).verdict).toBe("unknown");
  });

  it("agrees with trying every order", () => {
    const value = fc.constantFrom("a", "b");
    const maybe = fc.constantFrom("a", "b", null);
    const row: fc.Arbitrary<Row> = fc.oneof(
      maybe.map((result) => read(result)),
      fc
        .tuple(value, fc.constantFrom("ok", "info"))
        .map(([v, outcome]) => write(v, { outcome: outcome as "ok" })),
      fc
        .tuple(maybe, value, fc.constantFrom("ok", "info"))
        .map(([old, v, outcome]) =>
          cas(old, v, outcome === "ok" ? {} : { outcome: "info", result: undefined }),
        ),
      fc.tuple(maybe, value, maybe).map(([old, v, found]) => refused(old, v, found)),
    );
    const timed = fc.tuple(row, span).map(([one, times]) => ({ ...one, ...times }));
    const legal = (order: readonly Done[]): boolean => {
      let held: string | null = null;
      for (const { f, result, args, value, outcome } of order) {
        const { applied, found } = (result ?? {}) as { applied?: boolean; found?: string | null };
        const { old, new: put = value } = (args ?? {}) as { old?: string | null; new?: string };
        if (f === "read" && result !== held) return false;
        if (f === "write") held = put ?? null;
        if (f !== "cas") continue;
        if (outcome === "ok" && applied === false) {
          if (found !== held) return false;
        } else if (old !== held) return false;
        else held = put ?? null;
      }
      return true;
    };
    fc.assert(
      fc.property(fc.array(timed, { minLength: 1, maxLength: 5 }), (rows) => {
        const operations = history(rows);
        const possible = [...orders(operations)].some(legal);
        const { verdict } = casLinearizable(operations);
        if (operations.some(({ outcome }) => outcome === "ok"))
          expect(verdict).toBe(possible ? "valid" : "invalid");
      }),
    );
  });
});
