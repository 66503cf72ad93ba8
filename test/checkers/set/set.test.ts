import { describe, expect, it } from "vitest";
import {
  checkSet,
  type SetOperation,
  type SetResult,
  type SetRule,
  SetTable,
  setTable,
} from "../../../checkers/set/index.ts";

const base = (op: number, start: number, end: number) =>
  ({ op, process: `p${op}`, invokeUs: start, returnUs: end, outcome: "ok" }) as const;
const add = (op: number, start: number, end: number, element: string): SetOperation => ({
  ...base(op, start, end),
  f: "add",
  element,
});
const remove = (op: number, start: number, end: number, element: string): SetOperation => ({
  ...base(op, start, end),
  f: "remove",
  element,
});
const read = (
  op: number,
  start: number,
  end: number,
  ...elements: readonly string[]
): SetOperation => ({
  ...base(op, start, end),
  f: "read",
  elements,
});
const ask = (
  op: number,
  start: number,
  end: number,
  element: string,
  present: boolean,
): SetOperation => ({
  ...base(op, start, end),
  f: "contains",
  element,
  present,
});
const check = (rule: SetRule, ...operations: readonly SetOperation[]): SetResult =>
  checkSet(setTable(operations), { rule, nameOf: (op) => `line ${op}` });
const said = (result: SetResult): string[] =>
  result.anomalies.map(
    ({ kind, sentence, operations }) => `${kind}: ${sentence} [${operations.join()}]`,
  );

describe("a set that only grows", () => {
  it("shows what fails when it is added as the read ends, and nothing that is added later", () => {
    const failed = (start: number): SetOperation => ({ ...add(2, start, 9, "1"), outcome: "fail" });
    const kinds = (start: number): readonly string[] =>
      Object.keys(check("set-no-thin-air", read(1, 0, 5, "1"), failed(start)).counts);
    expect(kinds(5)).toEqual(["failed-add-shown"]);
    expect(kinds(6)).toEqual(["thin-air"]);
  });

  it("is not linearizable where a read skips an older element", () => {
    const result = check(
      "set-linearizable",
      read(1, 0, 9, "2"),
      add(2, 1, 2, "1"),
      add(3, 3, 4, "2"),
      read(4, 10, 11, "1", "2"),
    );
    expect(result.verdict).toBe("invalid");
    expect(said(result)).toEqual([
      "no-order: No order explains what was read: the add of 2 (line 3) comes before the read (line 1), which shows 2; the read (line 1) comes before the add of 1 (line 2), because the read (line 1) does not show 1; the add of 1 (line 2) ended before the add of 2 (line 3) began. [3,1,2]",
    ]);
  });

  it("is not linearizable where two reads each lack what the other shows", () => {
    const result = check(
      "set-linearizable",
      add(1, 0, 20, "1"),
      add(2, 0, 20, "2"),
      read(3, 0, 20, "1"),
      read(4, 0, 20, "2"),
    );
    expect(said(result)).toEqual([
      "forked-reads: The read (line 3) shows 1 and not 2; the read (line 4) shows 2 and not 1: no order of the adds explains both. [3,4]",
    ]);
  });

  it("is not linearizable where a smaller read follows a larger one", () => {
    const result = check("set-linearizable", add(1, 0, 20, "1"), read(2, 1, 2, "1"), read(3, 3, 4));
    expect(said(result)[0]).toBe(
      "no-order: No order explains what was read: the read (line 3) comes before the read (line 2), which shows more; the read (line 2) ended before the read (line 3) began. [3,2]",
    );
  });

  it("is linearizable where indeterminate adds are seen late or never", () => {
    const info = { outcome: "info", returnUs: Infinity } as const;
    const adds = [
      { ...add(1, 0, 0, "1"), ...info },
      { ...add(2, 0, 0, "2"), ...info },
    ];
    const reads = [read(3, 1, 2), read(4, 3, 4, "2")];
    expect(check("set-linearizable", ...adds, ...reads).verdict).toBe("valid");
  });

  it("is there from the first of several adds of one element that is acknowledged", () => {
    const twice = [add(1, 0, 9, "1"), add(2, 3, 4, "1")];
    expect(check("set-linearizable", ...twice, read(3, 1, 2, "1")).verdict).toBe("valid");
    expect(check("set-linearizable", ...twice, read(3, 5, 6)).verdict).toBe("invalid");
  });
});

describe("questions for one element", () => {
  const open = { outcome: "info", returnUs: Infinity } as const;

  it.each<[string, readonly SetOperation[]]>([
    [
      "a read lacks what a question found before",
      [add(1, 0, 20, "1"), ask(2, 1, 2, "1", true), read(3, 3, 4)],
    ],
    [
      "a question lacks what a read showed before",
      [add(1, 0, 20, "1"), read(2, 1, 2, "1"), ask(3, 3, 4, "1", false)],
    ],
    [
      "a question lacks what a question found before",
      [{ ...add(1, 0, 0, "1"), ...open }, ask(2, 1, 2, "1", true), ask(3, 3, 4, "1", false)],
    ],
    [
      "a question lacks what a read showed of an indeterminate add",
      [{ ...add(1, 0, 0, "1"), ...open }, read(2, 1, 2, "1"), ask(3, 3, 4, "1", false)],
    ],
    [
      "a question lacks what was acknowledged",
      [add(1, 0, 1, "0"), add(2, 0, 1, "1"), ask(3, 3, 4, "1", false)],
    ],
    [
      "a larger read is over before the add of what it shows can come after a smaller one",
      [add(1, 0, 1, "0"), add(2, 0, 30, "1"), read(3, 5, 6, "0", "1"), read(4, 7, 8, "0")],
    ],
  ])("are not linearizable where %s", (_, operations) => {
    expect(check("set-linearizable", ...operations).verdict).toBe("invalid");
  });

  it("are linearizable while an add runs, in one order", () => {
    const all = [add(1, 0, 20, "1"), ask(2, 1, 2, "1", false), ask(3, 3, 4, "1", true)];
    expect(check("set-linearizable", ...all, read(4, 5, 6, "1")).verdict).toBe("valid");
  });

  it("of indeterminate adds and removals may use each once, in any order", () => {
    const info = [
      { ...remove(1, 0, 0, "1"), ...open },
      { ...add(2, 1, 0, "1"), ...open },
    ];
    const asked = [ask(3, 2, 3, "1", true), ask(4, 4, 5, "1", false)];
    expect(check("set-linearizable", ...info, ...asked).verdict).toBe("valid");
    expect(check("set-linearizable", ...info, ...asked, ask(5, 6, 7, "1", true)).verdict).toBe(
      "invalid",
    );
  });

  it("know nothing of removals that failed", () => {
    const failed = { ...remove(2, 2, 3, "1"), outcome: "fail" } as SetOperation;
    const all = [add(1, 0, 1, "1"), failed, add(3, 0, 1, "2"), remove(4, 2, 3, "2")];
    const result = check(
      "set-linearizable",
      ...all,
      ask(5, 4, 5, "1", false),
      ask(6, 4, 5, "2", false),
    );
    expect(said(result)[0]).toMatch(/^no-order: No order of the operations on 1 /);
    expect(check("set-fresh", ...all, ask(5, 4, 5, "1", false)).verdict).toBe("invalid");
  });
});

describe("a set with removals", () => {
  it("is searched for an order, element by element", () => {
    const fine = [add(1, 0, 1, "1"), remove(2, 2, 9, "1"), ask(3, 3, 4, "1", true)];
    expect(check("set-linearizable", ...fine, ask(4, 5, 6, "1", false)).verdict).toBe("valid");
    const result = check("set-linearizable", ...fine, ask(4, 10, 11, "1", true));
    expect(said(result)).toEqual([
      "no-order: No order of the operations on 1 that respects real time explains all results: the operations before the question for 1 (line 4) have such an order, but none includes the question for 1 (line 4). [4]",
    ]);
  });

  it("is searched as a whole where somebody reads all of it", () => {
    const before = [add(1, 0, 1, "1"), add(2, 0, 1, "2"), remove(3, 2, 3, "1")];
    expect(check("set-linearizable", ...before, read(4, 4, 5, "2")).verdict).toBe("valid");
    expect(said(check("set-linearizable", ...before, read(4, 4, 5)))[0]).toMatch(
      /^no-order: No order of the operations on the set .*the read \(line 4\)/,
    );
  });

  it("is unknown where the budget ends", () => {
    const table = setTable([add(1, 0, 1, "1"), remove(2, 2, 3, "1"), ask(3, 4, 5, "1", false)]);
    const { verdict, reason } = checkSet(table, {
      rule: "set-linearizable",
      budget: { steps: 1, bytes: 1e6 },
    });
    expect([verdict, reason]).toEqual([
      "unknown",
      "No order of the operations on 1 was found: the search took more than 1 steps.",
    ]);
  });

  it("may lack an element from when its removal began, unless it was added anew", () => {
    const removed = [add(1, 0, 1, "1"), remove(2, 2, 3, "1")];
    expect(check("set-fresh", ...removed, read(3, 4, 5)).verdict).toBe("valid");
    expect(check("set-fresh", add(1, 0, 1, "1"), remove(2, 6, 7, "1"), read(3, 4, 5)).verdict).toBe(
      "invalid",
    );
    const again = check("set-fresh", ...removed, add(3, 4, 5, "1"), read(4, 6, 7));
    expect(said(again)).toEqual([
      "missing: The read (line 4) lacks 1, although the add of 1 (line 3) had been acknowledged before this read began. [3,4]",
    ]);
    const open = { ...remove(2, 2, 3, "1"), outcome: "info", returnUs: Infinity } as SetOperation;
    expect(
      check("set-fresh", add(1, 0, 1, "1"), open, add(3, 4, 5, "1"), read(4, 6, 7)).verdict,
    ).toBe("valid");
  });
});

describe("the rules of a set", () => {
  it("name what nobody added, and note what failed", () => {
    const failed = { ...add(2, 0, 1, "2"), outcome: "fail" } as SetOperation;
    const result = check(
      "set-no-thin-air",
      failed,
      read(3, 2, 3, "1", "2"),
      ask(4, 2, 3, "3", true),
    );
    expect([result.verdict, result.judged]).toEqual(["invalid", 2]);
    expect(result.anomalies).toEqual([
      {
        kind: "thin-air",
        sentence: "The read (line 3) shows 1, but no operation had begun to add it.",
        operations: [3],
        key: "1",
      },
      {
        kind: "thin-air",
        sentence: "The question for 3 (line 4) shows 3, but no operation had begun to add it.",
        operations: [4],
        key: "3",
      },
    ]);
    expect(result.notes).toEqual([
      {
        kind: "failed-add-shown",
        sentence: "The read (line 3) shows 2, but the add of 2 (line 2) failed.",
        operations: [3, 2],
        key: "2",
      },
    ]);
    expect(check("set-linearizable", failed, read(3, 2, 3, "2")).verdict).toBe("invalid");
    expect(check("jepsen-set", failed, read(3, 2, 3, "2")).verdict).toBe("valid");
  });

  it("ask for everything at the end", () => {
    const last: SetOperation = { ...read(3, 9, 10), final: true } as SetOperation;
    const result = check("set-complete", add(1, 0, 1, "1"), last);
    expect(said(result)).toEqual([
      "missing: The read (line 3), a read of the final phase, lacks 1, although the add of 1 (line 1) was acknowledged and no operation removed the element. [1,3]",
    ]);
    const none = check("set-complete", add(1, 0, 1, "1"), read(2, 3, 4, "1"));
    expect([none.verdict, none.reason]).toEqual([
      "unknown",
      "No read of the final phase succeeded.",
    ]);
  });

  it("ask for what was acknowledged before", () => {
    const result = check("set-fresh", add(1, 0, 1, "1"), ask(2, 2, 3, "1", false));
    expect(said(result)).toEqual([
      "missing: The question for 1 (line 2) lacks 1, although the add of 1 (line 1) had been acknowledged before this read began. [1,2]",
    ]);
  });

  it("judge the last read as Jepsen's set", () => {
    const result = check("jepsen-set", add(1, 0, 1, "1"), read(2, 2, 3, "1"), read(3, 4, 5));
    expect(said(result)).toEqual([
      "lost: The read (line 3), the last read, lacks 1, although the add of 1 (line 1) was acknowledged. [1,3]",
    ]);
    const none = check("jepsen-set", add(1, 0, 1, "1"));
    expect([none.verdict, none.reason]).toEqual(["unknown", "No read of the set succeeded."]);
  });

  it("leave open what the last read could not know, as in a history that was cut off", () => {
    const early = read(1, 0, 5, "2");
    const result = check("jepsen-set", early, add(2, 1, 2, "1"), add(3, 3, 4, "2"));
    expect([result.verdict, result.reason]).toEqual([
      "unknown",
      "The last read, the read (line 1), began before the add of 1 (line 2) was acknowledged.",
    ]);
    const later = check("jepsen-set", early, add(2, 1, 2, "1"), read(3, 6, 7, "2"));
    expect(later.verdict).toBe("invalid");
  });

  it("tell lost from stale as Jepsen's set-full", () => {
    const stale = [add(1, 0, 1_000, "1"), read(2, 3_000, 4_000), read(3, 5_000, 6_000, "1")];
    const allowed = check("jepsen-set-full", ...stale);
    expect(allowed.verdict).toBe("valid");
    expect(allowed.measurements).toEqual({
      elements: { tried: 1, known: 1, stable: 1, stale: 1, lost: 0, neverRead: 0 },
      stableLatencyMs: { p0: 2, p50: 2, p95: 2, p99: 2, p100: 2 },
    });
    expect(said(check("jepsen-set-full-linearizable", ...stale))).toEqual([
      "stale: The read (line 2) lacks 1, although the add of 1 (line 1) was acknowledged before that read began, though a later read shows that element. [1,2]",
    ]);
    const info = { ...add(1, 0, 1, "1"), outcome: "info", returnUs: Infinity } as SetOperation;
    const lost = check("jepsen-set-full", info, read(2, 2, 3, "1"), read(3, 4, 5));
    expect(said(lost)).toEqual([
      "lost: The read (line 3) lacks 1, although the read (line 2) showed it before that read began, and no later read shows that element. [2,3]",
    ]);
    expect(check("jepsen-set-full", read(2, 2, 3)).verdict).toBe("unknown");
    const failed = { ...add(1, 0, 1, "1"), outcome: "fail" } as SetOperation;
    const strange = check("jepsen-set-full", failed, add(2, 0, 1, "2"), read(3, 2, 3, "2", "9"));
    expect(strange.measurements["elements"]).toMatchObject({ tried: 2, known: 1, stable: 1 });
  });

  it("count an element that a read returns twice", () => {
    const twice = [add(1, 0, 1, "1"), read(2, 2, 3, "1", "1")];
    expect(said(check("jepsen-set-full", ...twice))).toEqual([
      "duplicate-element: The read (line 2) shows 1 more than once. [2]",
    ]);
    const result = check("set-linearizable", ...twice);
    expect([result.verdict, result.notes.map(({ kind }) => kind)]).toEqual([
      "valid",
      ["duplicate-element"],
    ]);
  });

  it("leave out reads and questions of which nobody knows the answer", () => {
    const table = new SetTable();
    table.add({ ...base(1, 0, 1), f: "read", elements: undefined });
    table.add({ ...base(2, 0, 1), f: "contains", element: "1", present: undefined });
    table.add({ ...base(3, 0, 1), outcome: "info", f: "read", elements: ["1"] });
    table.add({ ...base(4, 0, 1), outcome: "fail", f: "contains", element: "1", present: true });
    expect(checkSet(table, { rule: "set-no-thin-air" })).toMatchObject({
      verdict: "unknown",
      judged: 0,
    });
  });
});
