import { describe, expect, test } from "vitest";
import {
  guaranteeFor,
  initialFor,
  judgeForeign,
  type Judgement,
  modelFor,
  readForeign,
} from "../../../checkers/index.ts";
import { chance } from "../support.ts";
import { sampleSize } from "../sample-size.ts";

const histories = sampleSize(20_000);

const event = (process: number, type: string, f: string, value: string): string =>
  `{:process ${process}, :type :${type}, :f :${f}, :value ${value}}`;

function judged(lines: readonly string[], guarantee?: "durable" | "linearizable"): Judgement {
  const history = readForeign("edn", lines.join("\n"));
  const model = modelFor(history);
  expect(model).toBe("set");
  return judgeForeign(history, {
    model,
    guarantee: guarantee ?? guaranteeFor(model),
    initial: initialFor(history, model),
  });
}

interface Step {
  readonly process: number;
  readonly element: number | null;
  readonly start: number;
  readonly end: number;
  readonly outcome: "ok" | "info" | "fail";
  readonly shown: readonly number[];
}

/** Adds and reads of a few processes, their invocations and completions shuffled; a read shows any elements that were tried. */
function draw(seed: number): { lines: string[]; steps: Step[] } {
  const { int, pick } = chance(seed);
  const lines: string[] = [];
  const steps: Step[] = [];
  const open = new Map<number, { element: number | null; start: number }>();
  let next = 0;
  let process = 3;
  const processes = [0, 1, 2];
  for (let i = 6 + int(10); i > 0; i--) {
    const slot = int(3);
    const of = processes[slot] ?? 0;
    const busy = open.get(of);
    if (busy === undefined) {
      const element = int(2) === 0 ? next++ : null;
      open.set(of, { element, start: lines.length });
      lines.push(
        event(
          of,
          "invoke",
          element === null ? "read" : "add",
          element === null ? "nil" : String(element),
        ),
      );
      continue;
    }
    open.delete(of);
    const outcome = pick(["ok", "ok", "ok", "ok", "info", "fail"] as const);
    const shown =
      busy.element === null && outcome === "ok"
        ? [...Array(next).keys()].filter(() => int(3) > 0)
        : [];
    steps.push({ process: of, ...busy, end: lines.length, outcome, shown });
    lines.push(
      event(
        of,
        outcome,
        busy.element === null ? "read" : "add",
        busy.element === null
          ? outcome === "ok"
            ? `#{${shown.join(" ")}}`
            : "nil"
          : String(busy.element),
      ),
    );
    if (outcome === "info") processes[slot] = process++;
  }
  for (const [of, { element, start }] of open)
    steps.push({ process: of, element, start, end: Infinity, outcome: "info", shown: [] });
  return { lines, steps };
}

/** As the definition says it, element by element and read by read. */
function byDefinition(steps: readonly Step[]): {
  lost: number[];
  stale: number[];
  stable: number;
  neverRead: number;
  phantom: boolean;
} {
  const reads = steps.filter(({ element, outcome }) => element === null && outcome === "ok");
  const adds = steps.filter(({ element, outcome }) => element !== null && outcome !== "fail");
  const result = {
    lost: [] as number[],
    stale: [] as number[],
    stable: 0,
    neverRead: 0,
    phantom: false,
  };
  for (const { element, end, outcome } of adds) {
    const value = element as number;
    const showing = reads.filter(({ shown }) => shown.includes(value));
    const known = Math.min(outcome === "ok" ? end : Infinity, ...showing.map((read) => read.end));
    if (known === Infinity) continue;
    const later = reads.filter(({ start }) => start > known).sort((a, b) => a.start - b.start);
    const last = later.at(-1);
    if (
      last !== undefined &&
      !last.shown.includes(value) &&
      !showing.some(({ start }) => start > last.start)
    ) {
      // Absent at the end; present again later would not be lost.
      result.lost.push(value);
    } else if (showing.length === 0) result.neverRead++;
    else {
      result.stable++;
      if (later.some(({ shown }) => !shown.includes(value))) result.stale.push(value);
    }
  }
  result.phantom = reads.some(({ shown, end }) =>
    shown.some((value) => !adds.some((add) => add.element === value && add.start < end)),
  );
  return result;
}

test(`a set agrees with the definition on ${histories} small histories`, () => {
  const counts = { lost: 0, stale: 0, phantom: 0, fine: 0, unknown: 0 };
  for (let seed = 0; seed < histories; seed++) {
    const { lines, steps } = draw(seed);
    if (steps.every(({ element, outcome }) => element === null || outcome === "fail")) continue;
    const wanted = byDefinition(steps);
    const nothing = wanted.stable + wanted.lost.length === 0;
    const verdict = (broken: boolean): string =>
      broken || wanted.phantom ? "invalid" : nothing ? "unknown" : "valid";
    const durable = judged(lines);
    expect(durable.verdict, `seed ${seed}`).toBe(verdict(wanted.lost.length > 0));
    expect(durable.measurements?.["elements"], `seed ${seed}`).toMatchObject({
      stable: wanted.stable,
      stale: wanted.stale.length,
      lost: wanted.lost.length,
      neverRead: wanted.neverRead,
    });
    const lost = durable.anomalies
      .filter(({ explanation }) => explanation.includes("any later read"))
      .map(({ explanation }) => Number(/^\d+/.exec(explanation)?.[0]));
    expect(
      lost.sort((a, b) => a - b),
      `seed ${seed}`,
    ).toEqual(wanted.lost.sort((a, b) => a - b));
    expect(judged(lines, "linearizable").verdict, `seed ${seed}`).toBe(
      verdict(wanted.lost.length + wanted.stale.length > 0),
    );
    counts[
      wanted.phantom
        ? "phantom"
        : wanted.lost.length > 0
          ? "lost"
          : wanted.stale.length > 0
            ? "stale"
            : nothing
              ? "unknown"
              : "fine"
    ]++;
  }
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(histories / 100);
});

const add = (process: number, value: number): string[] => [
  event(process, "invoke", "add", String(value)),
  event(process, "ok", "add", String(value)),
];
const read = (process: number, value: string): string[] => [
  event(process, "invoke", "read", "nil"),
  event(process, "ok", "read", value),
];

describe("a set", () => {
  test("what was acknowledged and is missing to the end is lost; the witness is the add and the last read", () => {
    const { verdict, anomalies } = judged([
      ...add(0, 1),
      ...add(0, 2),
      ...read(1, "#{1 2}"),
      ...read(2, "[2]"),
    ]);
    expect(verdict).toBe("invalid");
    expect(anomalies).toMatchObject([
      {
        explanation:
          "1, by add 1 of process 0 (line 1), had been acknowledged before the read of process 2 (line 7) began, but neither that nor any later read shows it",
        operations: [0, 3],
      },
    ]);
  });

  test("stable latencies count from known to the last read without it", () => {
    const { verdict, measurements } = judged([...add(0, 1), ...read(1, "[]"), ...read(1, "#{1}")]);
    expect(verdict).toBe("valid");
    expect(measurements).toEqual({
      elements: { tried: 1, known: 1, stable: 1, stale: 1, lost: 0, neverRead: 0 },
      stableLatencyEvents: { p0: 1, p50: 1, p95: 1, p99: 1, p100: 1 },
    });
    expect(
      judged([...add(0, 1), ...read(1, "[]"), ...read(1, "#{1}")], "linearizable").anomalies,
    ).toMatchObject([{ operations: [0, 1] }]);
  });

  test("an element that is shown twice is wrong, and a read of none is unreadable", () => {
    expect(judged([...add(0, 1), ...read(1, "[1 1]")]).anomalies).toMatchObject([
      { explanation: "the read of process 1 (line 3) returned 1 twice" },
    ]);
    expect(() => judged([...add(0, 1), ...read(1, "7")])).toThrow(/set, list or vector/);
  });

  test("what is asked of registers does not apply, nor does durable to them", () => {
    const set = readForeign("edn", [...add(0, 1), ...read(1, "[1]")].join("\n"));
    expect(judgeForeign(set, { model: "set", guarantee: "regular", initial: null }).verdict).toBe(
      "not-applicable",
    );
    const register = readForeign(
      "edn",
      [event(0, "invoke", "write", "1"), event(0, "ok", "write", "1")].join("\n"),
    );
    expect(
      judgeForeign(register, { model: "register", guarantee: "durable", initial: null }).verdict,
    ).toBe("not-applicable");
    expect(() =>
      judgeForeign(set, { model: "register", guarantee: "linearizable", initial: null }),
    ).toThrow(/only read, write in the model register/);
  });
});

describe("a set's sentences and edges", () => {
  const explanations = (
    lines: readonly string[],
    guarantee?: "durable" | "linearizable",
  ): unknown =>
    judged(lines, guarantee).anomalies.map(({ explanation, operations }) => ({
      explanation,
      operations,
    }));
  const open = (process: number, value: string): string => event(process, "invoke", "add", value);

  test("an element that nobody had begun to add", () => {
    expect(
      explanations([...add(0, 1), ...read(1, "#{1 2}"), ...add(0, 2), ...read(1, "#{1 2}")]),
    ).toEqual([
      {
        explanation: "the read of process 1 (line 3) returned 2, which nobody had begun to add",
        operations: [1],
      },
    ]);
    // Begun, though it ends later; begun twice, once late.
    expect(
      explanations([
        open(0, "1"),
        ...read(1, "#{1}"),
        event(0, "ok", "add", "1"),
        ...add(2, 1),
        ...read(1, "#{1}"),
      ]),
    ).toEqual([]);
  });

  test("an element that is shown twice is named, the first of them", () => {
    expect(
      explanations([...add(0, 1), ...add(0, 2), ...add(0, 3), ...read(1, "[3 2 1 2 3]")]),
    ).toEqual([
      { explanation: "the read of process 1 (line 7) returned 2 twice", operations: [3] },
    ]);
  });

  test("what a read had shown is known too; what came back was absent for a while", () => {
    expect(explanations([open(0, "1"), ...read(1, "#{1}"), ...read(1, "#{}")])).toEqual([
      {
        explanation:
          "1, by add 1 of process 0 (line 1), had been read before the read of process 1 (line 4) began, but neither that nor any later read shows it",
        operations: [0, 2],
      },
    ]);
    expect(explanations([...add(0, 1), ...read(1, "#{}"), ...read(1, "#{1}")])).toEqual([]);
    expect(
      explanations([...add(0, 1), ...read(1, "#{}"), ...read(1, "#{1}")], "linearizable"),
    ).toEqual([
      {
        explanation:
          "1, by add 1 of process 0 (line 1), had been acknowledged before the read of process 1 (line 3) began, which does not show it, though a later read does",
        operations: [0, 1],
      },
    ]);
    expect(
      explanations(
        [open(0, "1"), ...read(2, "#{}"), event(0, "ok", "add", "1"), ...read(1, "#{1}")],
        "linearizable",
      ),
    ).toEqual([]);
  });

  test("an element that is added again is known from its first acknowledgement, whose add is named", () => {
    const twice = [
      open(0, "1"),
      ...add(2, 1),
      event(0, "ok", "add", "1"),
      ...add(3, 1),
      ...read(1, "#{}"),
    ];
    expect(explanations(twice)).toEqual([
      {
        explanation:
          "1, by add 1 of process 2 (line 2), had been acknowledged before the read of process 1 (line 7) began, but neither that nor any later read shows it",
        operations: [1, 3],
      },
    ]);
    expect(judged(twice).measurements?.["elements"]).toMatchObject({ tried: 1, known: 1, lost: 1 });
  });

  test("nil is an element like others", () => {
    const nil = (process: number): string[] => [
      event(process, "invoke", "add", "nil"),
      event(process, "ok", "add", "nil"),
    ];
    expect(judged([...nil(0), ...read(1, "#{nil}")]).verdict).toBe("valid");
    expect(explanations([...nil(0), ...read(1, "#{}")])).toEqual([
      {
        explanation:
          "nil, by add nil of process 0 (line 1), had been acknowledged before the read of process 1 (line 3) began, but neither that nor any later read shows it",
        operations: [0, 1],
      },
    ]);
    expect(explanations([...read(1, "#{nil}"), ...nil(0)])).toEqual([
      {
        explanation: "the read of process 1 (line 1) returned nil, which nobody had begun to add",
        operations: [0],
      },
    ]);
  });

  test("a read that shows no set is named by the line of its answer", () => {
    for (const value of ["7", "nil", "{1 2}"])
      expect(() => judged([...add(0, 1), ...read(1, value)])).toThrow(
        `history line 4: expected a read whose :value is a set, list or vector, got ${value} (bad-field)`,
      );
  });

  test("why a guarantee does not apply", () => {
    const set = readForeign("edn", [...add(0, 1), ...read(1, "[1]")].join("\n"));
    expect(judgeForeign(set, { model: "set", guarantee: "regular", initial: null }).reason).toBe(
      "regular is a matter of registers; of a set: durable, linearizable",
    );
    const register = readForeign(
      "edn",
      [event(0, "invoke", "write", "1"), event(0, "ok", "write", "1")].join("\n"),
    );
    expect(
      judgeForeign(register, { model: "register", guarantee: "durable", initial: null }).reason,
    ).toBe(
      "durable is asked of a set: nothing else shows, from clients' operations alone, what it kept",
    );
  });
});
