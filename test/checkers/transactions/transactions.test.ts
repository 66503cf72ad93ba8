import { describe, expect, it } from "vitest";
import {
  checkTransactions,
  type MicroOperation,
  type Transaction,
  type TransactionLevel,
  transactionLevels,
  type TransactionModel,
  type TransactionResult,
  TransactionTable,
  transactionTable,
} from "../../../checkers/transactions/index.ts";

/**
 * Parses a step: "w x 1" writes or appends 1, "r x 1 2" reads a list, "r x -" reads nothing, and "r x ?" is a read with
 * an unknown result.
 */
function micro(model: TransactionModel, text: string): MicroOperation {
  const [f, key = "", ...values] = text.split(" ");
  if (f === "w") return { f, key, value: values[0] ?? "" };
  if (values[0] === "?") return { f: "r", key, value: undefined };
  const list = values[0] === "-" ? [] : values;
  return { f: "r", key, value: model === "list-append" ? list : (list[0] ?? null) };
}

/** A transaction by a process of its own, after all transactions with smaller numbers. */
function txn(
  op: number,
  steps: string,
  more: Partial<Transaction> = {},
): Transaction & { steps: string } {
  const times = { invokeUs: op * 10, returnUs: op * 10 + 5 };
  return { op, process: `p${op}`, ...times, outcome: "ok", micro: [], steps, ...more };
}

function check(
  model: TransactionModel,
  level: TransactionLevel,
  all: readonly (Transaction & { steps: string })[],
): TransactionResult {
  const transactions = all.map(({ steps, ...one }) => ({
    ...one,
    micro: steps === "" ? [] : steps.split(", ").map((text) => micro(model, text)),
  }));
  return checkTransactions(transactionTable(model, transactions), {
    level,
    nameOf: (op) => `line ${op}`,
  });
}

const info = { outcome: "info", returnUs: Infinity } as const;
const fail = { outcome: "fail" } as const;
const kinds = ({ anomalies }: TransactionResult): string[] => anomalies.map(({ kind }) => kind);

describe("reads of lists", () => {
  it.each<[string, TransactionLevel, readonly (Transaction & { steps: string })[], unknown]>([
    [
      "what a failed transaction appended",
      "read-committed",
      [txn(1, "w x 1", fail), txn(2, "r x 1")],
      {
        kind: "G1a",
        sentence:
          "The transaction of line 2 read x and got [1], but the transaction of line 1, which wrote 1, failed.",
        operations: [2, 1],
        key: "x",
      },
    ],
    [
      "what nobody appended",
      "read-committed",
      [txn(2, "r x 1")],
      {
        kind: "unwritten-read",
        sentence: "The transaction of line 2 read x and got [1], but no transaction wrote 1.",
        operations: [2],
        key: "x",
      },
    ],
    [
      "an intermediate state",
      "read-committed",
      [txn(1, "w x 1, w x 2"), txn(2, "r x 1")],
      {
        kind: "G1b",
        sentence:
          "The transaction of line 2 read x and got [1], an intermediate state: the " +
          "transaction of line 1 wrote 1 and then appended more to that list in the same " +
          "transaction.",
        operations: [2, 1],
        key: "x",
      },
    ],
    [
      "an element twice",
      "read-committed",
      [txn(1, "w x 1"), txn(2, "r x 1 1")],
      {
        kind: "duplicate-elements",
        sentence: "The transaction of line 2 read x and got [1 1], which holds 1 twice.",
        operations: [2],
        key: "x",
      },
    ],
    [
      "two orders",
      "read-committed",
      [txn(1, "w x 1"), txn(2, "w x 2"), txn(3, "r x 1 2"), txn(4, "r x 2")],
      {
        kind: "incompatible-order",
        sentence:
          "The transaction of line 4 read x and got [2], and the transaction of line 3 read " +
          "x and got [1 2]: neither is the beginning of the other, so no order of appends " +
          "explains both.",
        operations: [4, 3],
        key: "x",
      },
    ],
    [
      "appends of one transaction in another order",
      "read-committed",
      [txn(1, "w x 1, w x 2"), txn(2, "w x 3"), txn(3, "r x 2 1 3")],
      {
        kind: "incompatible-order",
        sentence: "The transaction of line 1 appended 1 and then 2 to x, but reads show 2 first.",
        operations: [1],
        key: "x",
      },
    ],
    [
      "not what it appended itself",
      "read-atomic",
      [txn(1, "w x 1, r x -")],
      {
        kind: "internal",
        sentence:
          "The transaction of line 1 read x and got [], although the same transaction had appended 1.",
        operations: [1],
        key: "x",
      },
    ],
    [
      "something else the second time",
      "read-atomic",
      [txn(1, "w x 1"), txn(2, "r x -, r x 1")],
      {
        kind: "internal",
        sentence:
          "The transaction of line 2 read x and got [1], although the same transaction had read x as [].",
        operations: [2],
        key: "x",
      },
    ],
    [
      "what it appends only later",
      "read-committed",
      [txn(1, "r x 1, w x 1")],
      {
        kind: "future-read",
        sentence:
          "The transaction of line 1 read x and got [1], which shows 1, and wrote 1 only afterwards.",
        operations: [1],
        key: "x",
      },
    ],
  ])("that return %s break %s", (_, level, all, anomaly) => {
    const result = check("list-append", level, all);
    expect(result.verdict).toBe("invalid");
    expect(result.anomalies).toContainEqual(anomaly);
  });

  it("may follow an append of a failed transaction only in an indeterminate one", () => {
    const all = (more: Partial<Transaction>) => [
      txn(1, "w x 1", fail),
      txn(2, "w x 2", more),
      txn(3, "r x 1 2"),
    ];
    expect(check("list-append", "read-committed", all({})).anomalies).toContainEqual({
      kind: "dirty-update",
      sentence:
        "The transaction of line 2 appended 2 to x after 1, which the transaction of line 1 " +
        "had appended, but that transaction failed.",
      operations: [2, 1],
      key: "x",
    });
    expect(kinds(check("list-append", "read-committed", all(info)))).toEqual(["G1a"]);
  });

  it("that disagree inside a transaction are a note where the level allows them", () => {
    const result = check("list-append", "read-committed", [txn(1, "w x 1, r x -")]);
    expect([result.verdict, result.notes.map(({ kind }) => kind)]).toEqual(["valid", ["internal"]]);
  });

  it("are cut in sentences where they are long", () => {
    const values = Array.from({ length: 20 }, (_, i) => String(i));
    const { anomalies } = check("list-append", "read-committed", [
      txn(1, `r x ${values.join(" ")}`),
    ]);
    expect(anomalies[0]?.sentence).toBe(
      "The transaction of line 1 read x and got [0 1 2 3 4 5 … 14 15 16 17 18 19] (20 " +
        "elements), but no transaction wrote 0.",
    );
  });
});

describe("reads of registers", () => {
  it.each<[string, TransactionLevel, readonly (Transaction & { steps: string })[], string]>([
    [
      "what a failed transaction wrote",
      "read-committed",
      [txn(1, "w x 1", fail), txn(2, "r x 1")],
      "G1a: The transaction of line 2 read x and got 1, but the transaction of line 1, which wrote 1, failed.",
    ],
    [
      "what was overwritten at once",
      "read-committed",
      [txn(1, "w x 1, w x 2"), txn(2, "r x 1")],
      "G1b: The transaction of line 2 read x and got 1, an intermediate state: the " +
        "transaction of line 1 wrote 1 and then overwrote that value in the same transaction.",
    ],
    [
      "not what it wrote itself",
      "read-atomic",
      [txn(1, "w x 1, r x -")],
      "internal: The transaction of line 1 read x and got nothing, although the same transaction had written 1.",
    ],
    [
      "what it writes only later",
      "read-committed",
      [txn(1, "r x 1, w x 1")],
      "future-read: The transaction of line 1 read x and got 1, which shows 1, and wrote 1 only afterwards.",
    ],
  ])("that return %s break %s", (_, level, all, wanted) => {
    const { anomalies } = check("rw-register", level, all);
    expect(anomalies.map(({ kind, sentence }) => `${kind}: ${sentence}`)).toContain(wanted);
  });

  it("may return a value that failed and was tried again", () => {
    const all = [txn(1, "w x 1", fail), txn(2, "w x 1"), txn(3, "r x 1")];
    expect(check("rw-register", "strict-serializable", all).verdict).toBe("valid");
  });

  it("are unknown where two transactions wrote one value", () => {
    const all = [txn(1, "w x 1"), txn(2, "w x 1"), txn(3, "r x 1")];
    const { verdict, reason } = check("rw-register", "serializable", all);
    expect([verdict, reason]).toEqual([
      "unknown",
      "1 was written to x more than once, so nobody can tell whose write a read saw.",
    ]);
  });
});

describe("what single reads and writes show", () => {
  const wrong = { outcome: "fail", returnUs: 15 } as const;
  it.each<[TransactionModel, string, string, readonly (Transaction & { steps: string })[]]>([
    // Within a transaction, a read must return what the transaction itself last read or wrote.
    ["rw-register", "internal", "1", [txn(1, "w x 1"), txn(2, "r x -, r x 1")]],
    ["rw-register", "internal", "1", [txn(1, "w x 1"), txn(2, "r x 1, r x -")]],
    ["rw-register", "internal", "1", [txn(1, "w x 1"), txn(2, "w x 2, r x 1")]],
    ["rw-register", "", "", [txn(1, "w x 1"), txn(2, "r x 1, r x 1, w x 2, r x 2, w y 3, r z -")]],
    ["rw-register", "", "", [txn(1, "r x -, r x -, w y 1, r x -")]],
    ["rw-register", "", "", [txn(1, "r x ?, w x 1, r x 1")]],
    ["list-append", "", "", [txn(1, "w x 1"), txn(2, "r x 1, w x 2, r x 1 2, w x 3, r x 1 2 3")]],
    ["list-append", "", "", [txn(1, "w x 1"), txn(2, "w x 2, w x 3, r x 1 2 3, r x 1 2 3")]],
    ["list-append", "internal", "1", [txn(1, "w x 1"), txn(2, "r x -, w x 2, r x 1 2")]],
    ["list-append", "internal", "1", [txn(1, "w x 1, w x 2, r x 1")]],
    ["list-append", "internal", "1", [txn(1, "w x 1, r x 1, r x -")]],
    ["list-append", "internal incompatible-order", "1 1", [txn(1, "w x 1, w x 2, r x 2 1")]],
    [
      "list-append",
      "incompatible-order internal",
      "1 1",
      [txn(1, "w x 1"), txn(2, "w x 2"), txn(3, "r x 1 2, w x 3, r x 2 1 3")],
    ],
    // A read before a write of the same transaction must not return that write.
    ["rw-register", "future-read", "1", [txn(1, "r y 1, r x -, w x 1, w y 1")]],
    ["list-append", "future-read", "1", [txn(1, "r x 1, w x 1"), txn(2, "w z 1")]],
    ["list-append", "", "", [txn(1, "r y -, w x 1, r x 1, w y 1")]],
    // The reads of a failed transaction, and those that an indeterminate one claims, do not count.
    [
      "list-append",
      "",
      "",
      [txn(1, "r x 9 8, w y 1, r y 3", wrong), txn(2, "w x 1"), txn(3, "r x 1")],
    ],
    ["rw-register", "", "", [txn(1, "r x 9, w y 1, r y 3", wrong), txn(2, "r y -")]],
    ["list-append", "", "", [txn(1, "r x 9 8, w y 1", info), txn(2, "r y 1"), txn(3, "r x -")]],
    ["rw-register", "", "", [txn(1, "r x 9, w y 1", info), txn(2, "r y 1"), txn(3, "r x -")]],
    // The same value is written again after a failure. It then comes from the second write.
    [
      "list-append",
      "",
      "",
      [txn(1, "w x 1", fail), txn(2, "w x 1"), txn(3, "w x 2"), txn(4, "r x 1 2")],
    ],
    // Only the first committed append after aborted ones is a dirty update, since the later ones follow from it.
    [
      "list-append",
      "dirty-update G1a",
      "1 2",
      [
        txn(1, "w x 1", fail),
        txn(2, "w x 2", fail),
        txn(3, "w x 3"),
        txn(4, "w x 4"),
        txn(5, "r x 1 2 3 4"),
      ],
    ],
    // A lost update needs two committed transactions that both read the key before they write it.
    [
      "rw-register",
      "lost-update",
      "2",
      [txn(1, "r x -, w x 1"), txn(2, "r x -, w x 2"), txn(3, "r x -, w x 3")],
    ],
    ["rw-register", "", "", [txn(1, "r x -, w x 1, w x 2, r y -, w y 1")]],
    ["list-append", "", "", [txn(1, "r x -, w x 1, w x 2, r y -, w y 1")]],
    [
      "rw-register",
      "",
      "",
      [txn(1, "r x -, w x 1", fail), txn(2, "r x -, w x 2"), txn(3, "r x -, w x 3", info)],
    ],
    [
      "rw-register",
      "",
      "",
      [txn(1, "r x ?, w x 1"), txn(2, "r x -, w x 2"), txn(3, "w x 3, r x 3, w x 4")],
    ],
    ["rw-register", "", "", [txn(1, "r x -, w y 1"), txn(2, "r x -, w y 2")]],
  ])("on %s is %s (%s)", (model, wanted, counts, all) => {
    const found = check(model, "read-committed", all).counts;
    const kindsFound = Object.keys(found).sort();
    expect(kindsFound).toEqual(
      wanted
        .split(" ")
        .filter((kind) => kind !== "")
        .sort(),
    );
    const countOf = new Map(
      wanted.split(" ").map((kind, i) => [kind, Number(counts.split(" ")[i])]),
    );
    for (const [kind, count] of Object.entries(found))
      expect([kind, count]).toEqual([kind, countOf.get(kind)]);
  });
});

describe("lost updates", () => {
  it.each(["list-append", "rw-register"] as const)("are found on %s", (model) => {
    const shown = model === "list-append" ? "1" : "1";
    const all = [txn(0, "w x 1"), txn(1, `r x ${shown}, w x 2`), txn(2, `r x ${shown}, w x 3`)];
    const result = check(model, "snapshot-isolation", all);
    expect(result.anomalies).toContainEqual({
      kind: "lost-update",
      sentence:
        "The transaction of line 1 and the transaction of line 2 both read the state that 1 " +
        "left of x, and both wrote x: one of them did not see the other's write.",
      operations: [1, 2],
      key: "x",
    });
    expect(check(model, "read-atomic", all).verdict).toBe("valid");
  });

  it("are found of the initial state", () => {
    const all = [txn(1, "r x -, w x 1"), txn(2, "r x -, w x 2")];
    expect(check("list-append", "snapshot-isolation", all).anomalies[0]?.sentence).toContain(
      "both read the initial state of x",
    );
  });

  it("need a read before the write, and of the same version", () => {
    const blind = [txn(1, "w x 1, r x 1"), txn(2, "r x 1, w x 2"), txn(3, "r x 1 2, w x 3")];
    expect(check("list-append", "serializable", blind).counts).toEqual({});
  });
});

describe("cycles", () => {
  const skew = [txn(1, "r x -, w y 1"), txn(2, "r y -, w x 1")];

  it("name each transaction, and what forces each edge", () => {
    const { anomalies } = check("list-append", "serializable", skew);
    expect(anomalies).toEqual([
      {
        cycle: [
          "T1 read y and got [], without 1, which T2 appended",
          "T2 read x and got [], without 1, which T1 appended",
        ],
        kind: "G2-item",
        sentence:
          "T1 is the transaction of line 2; T2 is the transaction of line 1. T1 comes before " +
          "T2, because T1 read y and got [], without 1, which T2 appended. T2 comes before " +
          "T1, because T2 read x and got [], without 1, which T1 appended. So each comes " +
          "before itself.",
        operations: [2, 1],
      },
    ]);
  });

  it.each<
    [TransactionModel, string, TransactionLevel, readonly (Transaction & { steps: string })[]]
  >([
    [
      "list-append",
      "G0",
      "read-committed",
      [txn(1, "w x 1, w y 1"), txn(2, "w x 2, w y 2"), txn(3, "r x 1 2"), txn(4, "r y 2 1")],
    ],
    ["list-append", "G1c", "read-committed", [txn(1, "w x 1, r y 1"), txn(2, "w y 1, r x 1")]],
    ["rw-register", "G1c", "read-committed", [txn(1, "w x 1, r y 1"), txn(2, "w y 1, r x 1")]],
    [
      "list-append",
      "G-single",
      "snapshot-isolation",
      [txn(1, "w x 1, w y 1"), txn(2, "r x 1, r y -")],
    ],
    [
      "rw-register",
      "G-single",
      "snapshot-isolation",
      [txn(1, "w x 1, w y 1"), txn(2, "r x 1, r y -")],
    ],
    [
      "list-append",
      "G-nonadjacent",
      "snapshot-isolation",
      [txn(1, "w x 1"), txn(2, "w y 1"), txn(3, "r x 1, r y -"), txn(4, "r y 1, r x -")],
    ],
    ["rw-register", "G2-item", "serializable", skew],
    ["list-append", "G-single-realtime", "strict-serializable", [txn(1, "w x 1"), txn(2, "r x -")]],
    ["rw-register", "G-single-realtime", "strict-serializable", [txn(1, "w x 1"), txn(2, "r x -")]],
    [
      "list-append",
      "G-single-session",
      "strong-session-serializable",
      [txn(1, "w x 1", { process: "p" }), txn(2, "r x -", { process: "p" })],
    ],
    [
      "rw-register",
      "G-single-session",
      "strong-session-read-atomic",
      [txn(1, "w x 1", { process: "p" }), txn(2, "r x -", { process: "p" })],
    ],
    ["list-append", "G1c-realtime", "strong-read-committed", [txn(3, "w x 1"), txn(2, "r x 1")]],
    [
      "list-append",
      "G0-realtime",
      "strong-read-committed",
      [txn(1, "w x 1"), txn(2, "w x 2"), txn(3, "r x 2 1")],
    ],
  ])("on %s are called %s under %s", (model, kind, level, all) => {
    const result = check(model, level, all);
    expect(kinds(result).filter((one) => one !== "lost-update")).toEqual([kind]);
    expect(result.verdict).toBe("invalid");
  });

  it.each<[string, TransactionLevel, readonly (Transaction & { steps: string })[], string]>([
    [
      "two appends, one after the other",
      "read-committed",
      [txn(1, "w x 1, w y 1"), txn(2, "w x 2, w y 2"), txn(3, "r x 1 2"), txn(4, "r y 2 1")],
      "T1 is the transaction of line 2; T2 is the transaction of line 1. T1 comes before T2, " +
        "because T2 appended 1 to y after 2, which T1 appended. T2 comes before T1, because T1 " +
        "appended 2 to x after 1, which T2 appended. So each comes before itself.",
    ],
    [
      "an append that no read shows, after all that reads show",
      "read-committed",
      [txn(1, "w x 1, r y 1"), txn(2, "w x 2, w y 1"), txn(3, "r x 1")],
      "T1 is the transaction of line 2; T2 is the transaction of line 1. T1 comes before T2, " +
        "because T2 read y and got [1], and T1 wrote 1. T2 comes before T1, because T1 " +
        "appended 2 to x after 1, which T2 appended. So each comes before itself.",
    ],
    [
      "a read of the end of a list, and an append that no read shows",
      "snapshot-isolation",
      [txn(1, "w x 1"), txn(2, "w x 2, w y 1"), txn(3, "r x 1, r y 1")],
      "T1 is the transaction of line 3; T2 is the transaction of line 2. T1 comes before T2, " +
        "because T1 read x and got [1], without 2, which T2 appended. T2 comes before T1, " +
        "because T1 read y and got [1], and T2 wrote 1. So each comes before itself.",
    ],
    [
      "a read of the middle of a list, and the append that follows",
      "snapshot-isolation",
      [txn(1, "w x 1"), txn(2, "w x 2, w y 1"), txn(3, "r x 1, r y 1"), txn(4, "r x 1 2")],
      "T1 is the transaction of line 3; T2 is the transaction of line 2. T1 comes before T2, " +
        "because T1 read x and got [1], without 2, which T2 appended. T2 comes before T1, " +
        "because T1 read y and got [1], and T2 wrote 1. So each comes before itself.",
    ],
    [
      "the order of a session",
      "strong-session-read-committed",
      [txn(1, "r x 1", { process: "p" }), txn(2, "w x 1", { process: "p" })],
      "T1 is the transaction of line 2; T2 is the transaction of line 1. T1 comes before T2, " +
        "because T2 read x and got [1], and T1 wrote 1. T2 comes before T1, because the same " +
        "process ran T1 after T2. So each comes before itself.",
    ],
  ])("of lists show %s", (_, level, all, sentence) => {
    expect(check("list-append", level, all).anomalies.map((one) => one.sentence)).toEqual([
      sentence,
    ]);
  });

  it.each([
    ["G1c", "w x 1, r y 3", "r z -"],
    ["G-single", "w x 1", "r x 1, r y 3"],
  ])("skip what failed between two appends: %s", (kind, first, last) => {
    const all = [
      txn(1, first),
      txn(2, "w x 2", fail),
      txn(3, "w x 3, w y 3"),
      txn(4, "r x 1 2 3"),
      txn(5, last),
    ];
    const result = check("list-append", "snapshot-isolation", all);
    expect(Object.keys(result.counts).sort()).toEqual([kind, "G1a", "dirty-update"].sort());
  });

  it("lead from a reader to every append that no read shows but its own", () => {
    const tails = ["r x -, w x 1, w a 1", "w x 2, w b 1", "w x 3, w c 1"];
    for (const [key, isFine] of [
      ["a", true],
      ["b", false],
      ["c", false],
    ] as const) {
      const all = [
        txn(1, `${tails[0] ?? ""}, r ${key} ${key === "a" ? "1" : "1"}`),
        txn(2, tails[1] ?? ""),
        txn(3, tails[2] ?? ""),
      ];
      expect(check("list-append", "snapshot-isolation", all).verdict).toBe(
        isFine ? "valid" : "invalid",
      );
    }
    const middle = [txn(1, "w x 1, w a 1"), txn(2, "r x -, w x 2, r a 1"), txn(3, "w x 3")];
    expect(check("list-append", "snapshot-isolation", middle).verdict).toBe("invalid");
  });

  it("of anti-dependencies side by side are allowed by snapshot isolation", () => {
    for (const model of ["list-append", "rw-register"] as const)
      expect(check(model, "snapshot-isolation", skew).verdict).toBe("valid");
  });

  it("that need real time are shown only where data alone makes none", () => {
    const stale = [txn(3, "w z 1"), txn(4, "r z -")];
    const result = check("list-append", "strict-serializable", [...skew, ...stale]);
    expect(kinds(result)).toEqual(["G2-item", "G-single-realtime"]);
  });

  it("on registers say why one value came later", () => {
    const all = [txn(1, "w x 1"), txn(2, "w x 2"), txn(3, "r x 1")];
    expect(check("rw-register", "strict-serializable", all).anomalies[0]?.sentence).toBe(
      "T1 is the transaction of line 2; T2 is the transaction of line 3. T1 comes before T2, " +
        "because T1 ended before T2 began. T2 comes before T1, because T2 read x and got 1, " +
        "which T1 overwrote with 2 (the transaction of line 1 wrote 1 before T1 wrote 2). So " +
        "each comes before itself.",
    );
  });

  it("of inferred orders show the reads that force them", () => {
    const all = [txn(1, "w x 1, w y 1"), txn(2, "w x 2, w y 2"), txn(3, "r x 1, r y 2")];
    const { anomalies } = check("rw-register", "read-atomic", all);
    expect(anomalies).toEqual([
      {
        cycle: [
          "2, which T1 wrote to x, is older than 1, which T2 wrote (T1 wrote 2 before the " +
            "transaction of line 3 read 1)",
          "1, which T2 wrote to y, is older than 2, which T1 wrote (T2 wrote 1 before the " +
            "transaction of line 3 read 2)",
        ],
        kind: "G-single",
        sentence:
          "T1 is the transaction of line 2; T2 is the transaction of line 1. T1 comes before " +
          "T2, because 2, which T1 wrote to x, is older than 1, which T2 wrote (T1 wrote 2 " +
          "before the transaction of line 3 read 1). T2 comes before T1, because 1, which T2 " +
          "wrote to y, is older than 2, which T1 wrote (T2 wrote 1 before the transaction of " +
          "line 3 read 2). So each comes before itself.",
        operations: [2, 1],
      },
    ]);
  });

  it("with one inferred order become a read of what was overwritten", () => {
    const all = [txn(1, "w x 1"), txn(2, "r x 1, w x 2, w y 2"), txn(3, "r y 2, r x 1")];
    const { anomalies } = check("rw-register", "read-atomic", all);
    expect(anomalies.map(({ kind, sentence }) => `${kind}: ${sentence}`)).toEqual([
      "G-single: T1 is the transaction of line 2; T2 is the transaction of line 3. T1 comes " +
        "before T2, because T2 read y and got 2, and T1 wrote 2. T2 comes before T1, because " +
        "T2 read x and got 1, which T1 overwrote with 2 (the transaction of line 1 wrote 1 " +
        "before T1 wrote 2). So each comes before itself.",
    ]);
  });

  it("of fractured reads of lists say what was missed and why it was due", () => {
    const first = txn(1, "w x 1, w y 1", { process: "p" });
    const sentence = (level: TransactionLevel, second: Transaction & { steps: string }): string => {
      const { anomalies } = check("list-append", level, [first, second]);
      return `${anomalies[0]?.kind ?? ""}: ${anomalies[0]?.sentence ?? ""}`;
    };
    const read = "The transaction of line 2 read y and got []";
    const missed = "which the transaction of line 1 wrote, although";
    expect(sentence("read-atomic", txn(2, "r x 1, r y -"))).toBe(
      `G-single: ${read}, without 1, ${missed} the reader saw 1 at x, which the transaction of the missed write also wrote.`,
    );
    expect(sentence("strong-session-read-atomic", txn(2, "r y -", { process: "p" }))).toBe(
      `G-single-session: ${read}, without 1, ${missed} the same process ran that transaction before.`,
    );
    expect(sentence("strong-read-atomic", txn(2, "r y -"))).toBe(
      `G-single-realtime: ${read}, without 1, ${missed} that transaction ended before this one began.`,
    );
  });
});

describe("orders that reads do not show", () => {
  it.each(["list-append", "rw-register"] as const)(
    "of %s are tried out, and an impossible one is found without a cycle",
    (model) => {
      // Both transactions write y, so one must come after the other. But each read a state without the other's writes.
      const all = [txn(1, "w y 1, r x -"), txn(2, "w x 2, r y -, w y 3")];
      const result = check(model, "snapshot-isolation", all);
      expect(result.verdict).toBe("invalid");
      expect(result.anomalies).toEqual([
        {
          kind: "no-order",
          sentence:
            "No order of the transactions explains what all of them read: all orders were " +
            "tried. The longest order has 1 of the transactions, and then the transaction of " +
            "line 1 cannot come next.",
          operations: [1],
        },
      ]);
    },
  );

  it("are unknown where the tries do not suffice", () => {
    const writers = Array.from({ length: 6 }, (_, i) =>
      txn(i, `w x ${i}, w y ${i}`, { returnUs: 999 }),
    );
    const all = [...writers, txn(7, "r x 1, r y 1", { returnUs: 999 })];
    const table = transactionTable(
      "rw-register",
      all.map(({ steps, ...one }) => ({
        ...one,
        micro: steps.split(", ").map((text) => micro("rw-register", text)),
      })),
    );
    expect(checkTransactions(table, { level: "serializable" }).verdict).toBe("valid");
    const { verdict, reason } = checkTransactions(table, { level: "serializable", steps: 3 });
    expect([verdict, reason]).toEqual([
      "unknown",
      "Reads do not show the order of all writes, and the search for an order ended after 3 tries.",
    ]);
  });
});

describe("indeterminate transactions", () => {
  it("happened if a read shows them, and need not have if none does", () => {
    for (const level of Object.keys(transactionLevels) as TransactionLevel[]) {
      const shown = [txn(1, "w x 1, w y 1, r z ?", info), txn(2, "r x 1"), txn(3, "r y 1")];
      expect(check("list-append", level, shown).verdict).toBe("valid");
      expect(check("rw-register", level, shown).verdict).toBe("valid");
      const hidden = [txn(1, "w x 1, w y 1", info), txn(2, "r x -"), txn(3, "r y -")];
      expect(check("list-append", level, hidden).verdict).toBe("valid");
      expect(check("rw-register", level, hidden).verdict).toBe("valid");
    }
  });

  it("may take effect after their process went on", () => {
    const all = [
      txn(1, "w x 1", { ...info, process: "p" }),
      txn(2, "r x -", { process: "p" }),
      txn(3, "r x 1"),
    ];
    expect(check("list-append", "strict-serializable", all).verdict).toBe("valid");
    expect(check("rw-register", "strict-serializable", all).verdict).toBe("valid");
  });

  it("alone are nothing to judge", () => {
    const { verdict, judged } = check("list-append", "serializable", [txn(1, "w x 1", info)]);
    expect([verdict, judged]).toEqual(["unknown", 0]);
  });
});

describe("a table of transactions", () => {
  it("takes numbers in place of texts", () => {
    const table = new TransactionTable("list-append");
    table.begin(txn(1, ""));
    table.write("x", "1");
    table.begin(txn(2, ""));
    const key = table.keyNumber("x");
    table.readListCoded(key, [table.versionNumber(key, "1")]);
    expect(checkTransactions(table, { level: "strict-serializable" }).verdict).toBe("valid");
  });

  it("refuses a key without a number, and reads of the other model", () => {
    expect(() => new TransactionTable("list-append").versionNumber(3, "1")).toThrow(
      new RangeError("no key has the number 3"),
    );
    const list = new TransactionTable("list-append");
    expect(() => list.read("x", "1")).toThrow(new TypeError("a list's read returned 1"));
    const register = new TransactionTable("rw-register");
    expect(() => register.read("x", ["1", "2"])).toThrow(
      new TypeError("a register's read returned a list of 2"),
    );
  });
});
