/**
 * Tests models against their definitions on small random histories. The definition tries every order of the operations.
 */
import { describe, expect, test } from "vitest";
import { Budget } from "../../../checkers/index.ts";
import { Findings } from "../../../checkers/foreign/foreign-findings.ts";
import { judgeByMachine, judgeMutexes } from "../../../checkers/foreign/judge-folds.ts";
import { judgeDistinctQueue } from "../../../checkers/foreign/linearizable-queue.ts";
import { type Machine, registerMachine, textMachine } from "../../../checkers/foreign/machines.ts";
import type { ForeignFunction, Operations } from "../../../checkers/foreign/foreign-operations.ts";
import { judgeRegisters } from "../../../checkers/foreign/judge-registers.ts";
import { judgeSequential } from "../../../checkers/foreign/judge-sequential.ts";
import { judgeVersioned } from "../../../checkers/foreign/judge-versioned.ts";
import { chance } from "../support.ts";
import { sampleSize } from "../sample-size.ts";
import { operationsFrom, type Row, valueIn } from "./support.ts";

const histories = sampleSize(20_000);

/**
 * The definition of an object. Returns the state after an operation, or undefined if the operation cannot happen in
 * this state.
 */
type Apply = (state: string, row: Row) => string | undefined;
type Before = (a: Row, b: Row) => boolean;

const inRealTime: Before = (a, b) => a.end < b.start;
/**
 * Whether `a` comes before `b` in one process. In these histories, only the last operation of a process may overlap
 * others.
 */
const inSession: Before = (a, b) => a.process === b.process && a.start < b.start;

/** Whether there is a legal order of all completed operations and any choice of the indeterminate ones. */
function isLegal(rows: readonly Row[], initial: string, apply: Apply, before: Before): boolean {
  const place = (left: readonly Row[], states: Readonly<Record<string, string>>): boolean =>
    left.length === 0 ||
    left.some((row) => {
      if (left.some((other) => other !== row && before(other, row))) return false;
      const key = row.key ?? "";
      const state = apply(states[key] ?? initial, row);
      return (
        state !== undefined &&
        place(
          left.filter((other) => other !== row),
          { ...states, [key]: state },
        )
      );
    });
  const happened = rows.filter(({ failed }) => failed !== true);
  const optional = happened.filter(({ end }) => end === Infinity);
  return Array.from({ length: 1 << optional.length }, (_, mask) =>
    happened.filter((row) => !optional.includes(row) || (mask & (1 << optional.indexOf(row))) > 0),
  ).some((kept) => place(kept, {}));
}

const register: Apply = (state, { f, value, expected }) => {
  if (f === "read") return value === state ? state : undefined;
  if (f === "cas") return expected === state ? value : undefined;
  return value;
};
const text: Apply = (state, row) =>
  row.f === "append"
    ? `${state === "nil" ? '"' : state.slice(0, -1)}${row.value.slice(1)}`
    : register(state, row);
const counter: Apply = (state, { f, value }) =>
  f === "read"
    ? value === state
      ? state
      : undefined
    : String(Number(state) + (f === "remove" ? -Number(value) : Number(value)));
const mutex: Apply = (state, { f }) =>
  f === "acquire" ? (state === "free" ? "held" : undefined) : state === "held" ? "free" : undefined;
const lock: Apply = (state, { f, process }) =>
  f === "acquire"
    ? state === "free"
      ? String(process)
      : undefined
    : state === String(process)
      ? "free"
      : undefined;
const queue: Apply = (state, { f, value, end }) => {
  const held = state === "" ? [] : state.split(",");
  if (f === "enqueue") return [...held, value].join(",");
  // An indeterminate dequeue removes the first element, whichever that is.
  if (end === Infinity) return held.slice(1).join(",");
  if (value === "nil") return held.length === 0 ? state : undefined;
  return held[0] === value ? held.slice(1).join(",") : undefined;
};

interface Drawn {
  readonly functions: readonly ForeignFunction[];
  readonly valuesOf: (f: ForeignFunction) => readonly string[];
  /** The number of processes, each with sequential operations. If absent, each operation has a process of its own. */
  readonly processes?: number;
  readonly keys?: readonly string[];
  /** The largest number of operations. */
  readonly operations?: number;
  /** Whether no two enqueues and no two writes have one value: the n-th enqueue or write has the value n. */
  readonly distinct?: boolean;
}

function draw(
  seed: number,
  { functions, valuesOf, processes, keys, operations = 6, distinct = false }: Drawn,
): Row[] {
  const { int, pick } = chance(seed);
  const free = Array.from({ length: processes ?? 0 }, () => 0);
  const dead = new Set<number>();
  const span = 4 + int(10);
  let values = 0;
  return Array.from({ length: 1 + int(operations) }, (_, op): Row | undefined => {
    const f = pick(functions);
    const process = processes === undefined ? op : int(processes);
    if (dead.has(process)) return undefined;
    const start = processes === undefined ? int(span) : (free[process] ?? 0) + int(4);
    const isLost = f !== "read" && int(4) === 0;
    const failed = f !== "read" && !isLost && int(8) === 0;
    const end = isLost || failed ? Infinity : start + 1 + int(6);
    if (processes !== undefined) {
      free[process] = (end === Infinity ? start + 6 : end) + 1;
      if (isLost) dead.add(process);
    }
    return {
      f,
      value: distinct && (f === "enqueue" || f === "write") ? String(++values) : pick(valuesOf(f)),
      ...(f === "cas" ? { expected: pick(valuesOf(f)) } : {}),
      start,
      end,
      process,
      ...(failed ? { failed } : {}),
      ...(keys === undefined ? {} : { key: pick(keys) }),
    };
  }).filter((row) => row !== undefined);
}

/**
 * Judges many random histories with the model and by the definition, which must agree. Returns how often the rarer
 * verdict occurred.
 */
function rarer(
  drawn: Drawn,
  verdictOf: (operations: Operations) => string,
  legal: (rows: readonly Row[]) => boolean,
): number {
  const counts = { valid: 0, invalid: 0 };
  for (let seed = 0; seed < histories; seed++) {
    const rows = draw(seed, drawn);
    if (rows.every(({ end }) => end === Infinity)) continue;
    const wanted = legal(rows) ? "valid" : "invalid";
    expect(verdictOf(operationsFrom(rows)), `seed ${seed}: ${JSON.stringify(rows)}`).toBe(wanted);
    counts[wanted]++;
  }
  return Math.min(counts.valid, counts.invalid);
}

const budget = (): Budget => new Budget();
const numbers = (): readonly string[] => ["0", "1", "2"];

describe("linearizable, against every order", () => {
  test("a register whose writes fail, are lost or write values again", () => {
    const found = rarer(
      { functions: ["read", "write", "cas"], valuesOf: numbers },
      (operations) =>
        judgeRegisters(operations, {
          guarantee: "linearizable",
          initial: valueIn(operations.values, "0"),
          budget: budget(),
        }).verdict,
      (rows) => isLegal(rows, "0", register, inRealTime),
    );
    expect(found).toBeGreaterThan(histories / 20);
  });

  test("text to which is appended", () => {
    const found = rarer(
      {
        functions: ["read", "write", "append"],
        valuesOf: (f) => (f === "read" ? ['"a"', '"b"', '"ab"', '""'] : ['"a"', '"b"']),
      },
      (operations) =>
        judgeRegisters(operations, {
          guarantee: "linearizable",
          initial: valueIn(operations.values, '""'),
          budget: budget(),
        }).verdict,
      (rows) => isLegal(rows, '""', text, inRealTime),
    );
    expect(found).toBeGreaterThan(histories / 20);
  });

  test("text that only grows, refuted without a search", () => {
    const found = rarer(
      {
        functions: ["read", "append"],
        valuesOf: (f) => (f === "read" ? ['"a"', '"b"', '"ab"', '""'] : ['"a"', '"b"']),
      },
      (operations) =>
        judgeRegisters(operations, {
          guarantee: "linearizable",
          initial: valueIn(operations.values, '""'),
          budget: budget(),
        }).verdict,
      (rows) => isLegal(rows, '""', text, inRealTime),
    );
    expect(found).toBeGreaterThan(histories / 20);
  });

  test("a counter", () => {
    const found = rarer(
      {
        functions: ["read", "add", "remove"],
        valuesOf: (f) => (f === "read" ? ["0", "1", "2", "-1"] : ["1", "2"]),
      },
      (operations) => judgeByMachine(operations, "counter", 0, budget()).verdict,
      (rows) => isLegal(rows, "0", counter, inRealTime),
    );
    expect(found).toBeGreaterThan(histories / 20);
  });

  test("a mutex that anybody may release", () => {
    const found = rarer(
      { functions: ["acquire", "release"], valuesOf: () => ["nil"], processes: 3 },
      (operations) => judgeMutexes(operations).verdict,
      (rows) => isLegal(rows, "free", mutex, inRealTime),
    );
    expect(found).toBeGreaterThan(histories / 20);
  });

  test("a mutex whose operations all may overlap", () => {
    const found = rarer(
      { functions: ["acquire", "acquire", "release"], valuesOf: () => ["nil"], operations: 8 },
      (operations) => judgeMutexes(operations).verdict,
      (rows) => isLegal(rows, "free", mutex, inRealTime),
    );
    expect(found).toBeGreaterThan(histories / 20);
  });

  test("a lock that its holder alone may release", () => {
    const found = rarer(
      { functions: ["acquire", "release"], valuesOf: () => ["nil"], processes: 3 },
      (operations) => judgeByMachine(operations, "lock", 0, budget()).verdict,
      (rows) => isLegal(rows, "free", lock, inRealTime),
    );
    expect(found).toBeGreaterThan(histories / 20);
  });

  test("transactions over registers that hold values again", () => {
    const steps = (state: string, value: string): string | undefined => {
      const [x, y] = state.split(",");
      const held: Record<string, string> = { ":x": x ?? "", ":y": y ?? "" };
      for (const [, kind, key = "", what = ""] of value.matchAll(/\[(:\w) (:\w) (\w+)\]/g))
        if (kind === ":w") held[key] = what;
        else if (what !== "nil" && held[key] !== what) return undefined;
      return `${held[":x"]},${held[":y"]}`;
    };
    const micros = [":x", ":y"].flatMap((key) =>
      ["0", "1"].flatMap((what) => [`[:w ${key} ${what}]`, `[:r ${key} ${what}]`]),
    );
    const all = micros.flatMap((one) => [`[${one}]`, ...micros.map((two) => `[${one} ${two}]`)]);
    const found = rarer(
      { functions: ["txn"], valuesOf: () => all },
      (operations) =>
        judgeByMachine(operations, "multi-register", valueIn(operations.values, "0"), budget())
          .verdict,
      (rows) =>
        isLegal(
          rows,
          "0,0",
          // The results of an indeterminate transaction's reads are unknown.
          (state, { value, end }) =>
            steps(
              state,
              end === Infinity ? value.replaceAll(/\[:r (:\w) \w+\]/g, "[:r $1 nil]") : value,
            ),
          inRealTime,
        ),
    );
    expect(found).toBeGreaterThan(histories / 20);
  });

  test("a queue", () => {
    const found = rarer(
      {
        functions: ["enqueue", "dequeue"],
        valuesOf: (f) => (f === "dequeue" ? ["1", "2", "nil"] : ["1", "2"]),
      },
      (operations) => judgeByMachine(operations, "queue", 0, budget()).verdict,
      (rows) => isLegal(rows, "", queue, inRealTime),
    );
    expect(found).toBeGreaterThan(histories / 20);
  });

  test.each([
    ["distinct elements", ["1", "2", "3"]],
    ["distinct elements, sometimes found empty", ["1", "2", "nil"]],
  ])("a queue of %s, most of them without a search", (_, taken) => {
    let withoutSearch = 0;
    const found = rarer(
      {
        functions: ["enqueue", "dequeue"],
        valuesOf: () => taken,
        operations: 8,
        distinct: true,
      },
      (operations) => {
        const all = Int32Array.from(operations.start.keys());
        if (judgeDistinctQueue(operations, all, new Findings("linearizable"))) withoutSearch++;
        return judgeByMachine(operations, "queue", 0, budget()).verdict;
      },
      (rows) => isLegal(rows, "", queue, inRealTime),
    );
    expect(found).toBeGreaterThan(histories / 20);
    expect(withoutSearch).toBeGreaterThan(histories * 0.7);
  });
});

describe("the operations that show an anomaly of a register", () => {
  test.each(["linearizable", "regular", "regular-stamped"] as const)(
    "are %s no more by themselves, and each of them is needed",
    (guarantee) => {
      const judged = (rows: readonly Row[]) => {
        const operations = operationsFrom(rows);
        const initial = valueIn(operations.values, "0");
        return judgeRegisters(operations, { guarantee, initial, budget: budget() });
      };
      const drawn = {
        functions: ["read", "read", "write"],
        valuesOf: () => ["0", "1", "2", "3"],
        operations: 9,
        distinct: true,
      } as const;
      let withSeveralReads = 0;
      let anomalies = 0;
      for (let seed = 0; seed < histories; seed++) {
        const rows = draw(seed, drawn);
        for (const { operations, explanation } of judged(rows).anomalies) {
          const part = operations.map((op) => rows[op] as Row);
          const story = `seed ${seed}: ${explanation}: ${JSON.stringify(part)}`;
          expect(judged(part).verdict, story).toBe("invalid");
          for (const one of part) {
            // A read of a value that no write wrote would be a thin-air read. So without a write, the reads of its
            // value are left out too.
            const rest = part.filter(
              (row) => row !== one && !(one.f === "write" && row.value === one.value),
            );
            expect(judged(rest).verdict, `${story} without ${JSON.stringify(one)}`).not.toBe(
              "invalid",
            );
          }
          anomalies++;
          if (part.filter(({ f }) => f === "read").length >= 2) withSeveralReads++;
        }
      }
      expect(anomalies).toBeGreaterThan(histories / 20);
      if (guarantee === "linearizable") expect(withSeveralReads).toBeGreaterThan(0);
    },
  );
});

describe("sequential, over all keys, against every order", () => {
  const sequential = (
    machineOf: (operations: Operations, of: Int32Array, initial: number) => Machine,
    initial: string,
  ) => {
    return (operations: Operations): string => {
      const value = valueIn(operations.values, initial);
      return judgeSequential(operations, (of) => machineOf(operations, of, value), budget())
        .verdict;
    };
  };

  test("registers", () => {
    const found = rarer(
      {
        functions: ["read", "write", "cas"],
        valuesOf: numbers,
        processes: 3,
        keys: [":x", ":y"],
      },
      sequential(registerMachine, "0"),
      (rows) => isLegal(rows, "0", register, inSession),
    );
    expect(found).toBeGreaterThan(histories / 20);
  });

  test("text", () => {
    const found = rarer(
      {
        functions: ["read", "write", "append"],
        valuesOf: (f) => (f === "read" ? ['"a"', '"b"', '"ab"', '""'] : ['"a"', '"b"']),
        processes: 3,
        keys: [":x", ":y"],
      },
      sequential(textMachine, '""'),
      (rows) => isLegal(rows, '""', text, inSession),
    );
    expect(found).toBeGreaterThan(histories / 20);
  });
});

test("a versioned register, against every order", () => {
  const counts = { valid: 0, invalid: 0, unknown: 0 };
  /** The definition of a versioned register. Its state is the version and the value as one text. */
  const versioned: Apply = (state, { f, value, expected, end }) => {
    const [version = "0", held = "nil"] = state.split(" ");
    const [given = "", what = ""] = value.slice(1, -1).split(" ");
    if (f === "read") return given === version && what === held ? state : undefined;
    const next = String(Number(version) + 1);
    if (end !== Infinity && given !== next) return undefined;
    if (f === "cas" && expected !== held) return undefined;
    return `${next} ${what}`;
  };
  for (let seed = 0; seed < histories; seed++) {
    const { int, pick } = chance(seed);
    const span = 4 + int(12);
    const rows = Array.from({ length: 1 + int(5) }, (): Row => {
      const f = pick(["read", "write", "write", "cas"] as const);
      const start = int(span);
      const isLost = f !== "read" && int(4) === 0;
      const version = f === "read" ? int(3) : 1 + int(3);
      const what = version === 0 ? "nil" : pick(["7", "8"]);
      return {
        f,
        value: `[${isLost ? "nil" : version} ${what}]`,
        ...(f === "cas" ? { expected: pick(["7", "8"]) } : {}),
        start,
        end: isLost ? Infinity : start + 1 + int(6),
      };
    });
    if (rows.every(({ end }) => end === Infinity)) continue;
    const wanted = isLegal(rows, "0 nil", versioned, inRealTime);
    // In a history, the request of a cas is [version [old new]]. A row has it as value [old new] and expected version.
    const operations = operationsFrom(
      rows.map((row) => {
        if (row.f !== "cas") return row;
        const [version = "", what = ""] = row.value.slice(1, -1).split(" ");
        return { ...row, value: `[${row.expected ?? ""} ${what}]`, expected: version };
      }),
    );
    const { verdict } = judgeVersioned(operations, 0);
    counts[verdict]++;
    // The verdict may also be unknown: if versions are left out, or if it is unknown which version an indeterminate cas
    // found.
    if (verdict !== "unknown")
      expect(verdict, `seed ${seed}: ${JSON.stringify(rows)}`).toBe(wanted ? "valid" : "invalid");
  }
  expect(counts.valid).toBeGreaterThan(histories / 50);
  expect(counts.invalid).toBeGreaterThan(histories / 4);
  expect(counts.unknown).toBeLessThan(histories / 4);
});

describe("the smallest part of a register without a legal order", () => {
  test("proves that there is none, and each of its operations is needed", () => {
    let parts = 0;
    const seeds = sampleSize(4_000);
    for (let seed = 0; seed < seeds; seed++) {
      const rows = draw(seed, {
        functions: ["read", "write", "cas"],
        valuesOf: numbers,
        operations: 8,
      });
      const operations = operationsFrom(rows);
      const initial = valueIn(operations.values, "0");
      const question = { guarantee: "linearizable", initial, budget: budget() } as const;
      const [anomaly] = judgeRegisters(operations, question).anomalies;
      if (anomaly?.part === undefined) continue;
      parts++;
      const part = anomaly.part.map((op) => rows[op] as Row);
      const story = `seed ${seed}: ${JSON.stringify(rows)}: ${JSON.stringify(part)}`;
      const isPartLegal = (kept: readonly Row[]): boolean => {
        const free = rows
          .filter((row) => !kept.includes(row) && row.f !== "read")
          .map((row) => ({ ...row, end: Infinity }));
        return isLegal([...kept, ...free], "0", register, inRealTime);
      };
      expect(isPartLegal(part), story).toBe(false);
      expect(isLegal(part, "0", register, inRealTime), story).toBe(false);
      const canWrite = (by: Row, { f, value, expected, end }: Row): boolean =>
        by.f !== "read" &&
        by.failed !== true &&
        by.value === (f === "read" ? value : expected) &&
        by.start < end;
      const isWritten = (row: Row, among: readonly Row[]): boolean =>
        among.some((by) => by !== row && canWrite(by, row));
      // If some operation of the history may have written in time what this operation needs, one of the part may have
      // too.
      for (const one of part) expect(isWritten(one, part), story).toBe(isWritten(one, rows));
      // Looks for a core of the part: its operations are illegal together, and each of them is needed for that. Each
      // other operation of the part can write what some operation of the part read or expected.
      const subsets = Array.from({ length: 1 << part.length }, (_, mask) =>
        part.filter((_, i) => (mask & (1 << i)) > 0),
      );
      const isCore = (core: readonly Row[]): boolean =>
        part.every((one) => core.includes(one) || part.some((row) => canWrite(one, row))) &&
        !isPartLegal(core) &&
        core.every((one) => isPartLegal(core.filter((row) => row !== one)));
      expect(subsets.some(isCore), story).toBe(true);
    }
    expect(parts).toBeGreaterThan(seeds / 20);
  });
});
