/** How several keys share the budget of one search. */
import { describe, expect, test } from "vitest";
import { Findings, type ForeignJudgement } from "../../../checkers/foreign/foreign-findings.ts";
import { registerMachine } from "../../../checkers/foreign/machines.ts";
import { byKey } from "../../../checkers/foreign/foreign-operations.ts";
import { searchKeys } from "../../../checkers/foreign/search-keys.ts";
import { Budget, type BudgetLimits } from "../../../checkers/foreign/shared-budget.ts";
import { nil, operationsFrom, type Row } from "./support.ts";

const row = (f: Row["f"], value: string, start: number, end: number, key?: string): Row => ({
  f,
  value,
  start,
  end,
  ...(key === undefined ? {} : { key }),
});
/** Two values written by 15 concurrent writes, and a read of neither: a search must try all subsets. */
const hard = (key?: string): Row[] => [
  ...Array.from({ length: 15 }, (_, i) => row("write", String(1 + (i % 2)), 0, 10 + i, key)),
  row("read", "9", 40, 41, key),
];
const illegal = (key?: string): Row[] => [
  row("write", "1", 0, 1, key),
  row("read", "2", 2, 3, key),
];
const legal = (key?: string): Row[] => [row("write", "1", 0, 1, key), row("read", "1", 2, 3, key)];

/** The judgement, and the keys in the order in which they were searched. */
function searched(
  rows: readonly Row[],
  limits: BudgetLimits,
  refuted: readonly string[] = [],
): { readonly searches: string; readonly refutes: string; readonly judgement: ForeignJudgement } {
  const operations = operationsFrom(rows);
  const nameOf = (of: Int32Array): string => rows[of[0] as number]?.key ?? "-";
  const searches: string[] = [];
  const refutes: string[] = [];
  const findings = new Findings("linearizable");
  searchKeys(
    operations,
    {
      keys: [...byKey(operations).values()],
      machineOf: (all, of) => {
        if (all === operations) searches.push(nameOf(of));
        return registerMachine(all, of, nil);
      },
      refute: (of) => {
        refutes.push(nameOf(of));
        return refuted.includes(nameOf(of));
      },
    },
    findings,
    new Budget(limits),
  );
  return {
    searches: searches.join(" "),
    refutes: refutes.join(" "),
    judgement: findings.conclude(rows.length),
  };
}

describe("the search of several keys", () => {
  test("gives each key some steps before any gets more, and ends when one is illegal", () => {
    const rows = [...hard(":a"), ...illegal(":b"), ...legal(":c")];
    const { searches, refutes, judgement } = searched(rows, {});
    expect(searches).toBe(":a :b :c");
    expect(refutes).toBe("");
    expect(judgement.verdict).toBe("invalid");
    expect(judgement.anomalies).toHaveLength(1);
    expect(judgement.anomalies[0]).toMatchObject({ key: ":b" });
  });

  test("searches a key longer that was not decided at first, unless it is refuted", () => {
    const rows = [...hard(":a"), ...legal(":b")];
    const longer = searched(rows, {});
    expect(longer).toMatchObject({ searches: ":a :b :a", refutes: ":a" });
    expect(longer.judgement.verdict).toBe("invalid");
    expect(searched(rows, {}, [":a"])).toMatchObject({ searches: ":a :b", refutes: ":a" });
  });

  test("says which key took all steps", () => {
    const { searches, judgement } = searched([...hard(":a"), ...legal(":b")], { steps: 120_000 });
    expect(searches).toMatch(/^:a :b :a/);
    expect(judgement).toMatchObject({
      verdict: "unknown",
      reason: expect.stringMatching(/^key :a: the search(es)? took more than \d+ steps$/) as string,
    });
    const { judgement: second } = searched([...legal(":b"), ...hard(":a")], { steps: 120_000 });
    expect(second.reason).toMatch(/^key :a: /);
    const { judgement: keyless } = searched(hard(), { steps: 50_000 });
    expect(keyless.reason).toMatch(/^the search(es)? took more than \d+ steps$/);
  });

  test("does not search again where memory ran out, and says so for each key", () => {
    const { searches, refutes, judgement } = searched([...hard(":a"), ...hard(":b")], {
      bytes: 20_000,
    });
    expect({ searches, refutes }).toEqual({ searches: ":a :b", refutes: "" });
    expect(judgement).toMatchObject({ verdict: "unknown", anomalies: [] });
    expect(judgement.reason).toMatch(/^key :a: .*20000 bytes.* \(and 1 more\)$/);
  });

  test("searches nothing where the time is up, and is undecided for each key", () => {
    const isOver = (): string => "the time is up";
    const { searches, judgement } = searched([...legal(":a"), ...illegal(":b")], { isOver });
    expect(searches).toBe("");
    expect(judgement).toMatchObject({
      verdict: "unknown",
      reason: "the time is up (and 1 more)",
    });
    expect(searched([], { isOver }).judgement.reason).not.toBe("the time is up");
  });
});
