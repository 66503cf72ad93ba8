import { describe, expect, test } from "vitest";
import type { ForeignJudgement, ForeignModel, ForeignQuestion } from "../../../checkers/index.ts";
import { chance } from "../support.ts";
import { sampleSize } from "../sample-size.ts";
import { done, errorOf, judged as judgedAs, line as event, read } from "./support.ts";

const judged = (
  lines: readonly string[],
  guarantee?: "durable" | "linearizable",
  model: ForeignModel = "set-full",
): ForeignJudgement =>
  judgedAs(lines.join(""), { model, ...(guarantee === undefined ? {} : { guarantee }) });

const histories = sampleSize(20_000);

interface Step {
  readonly process: number;
  readonly element: number | null;
  readonly start: number;
  readonly end: number;
  readonly outcome: "ok" | "info" | "fail";
  readonly shown: readonly number[];
}

/**
 * Draws a history of adds and reads by a few processes, whose events are interleaved. A read shows any elements that
 * were added or tried, and sometimes one that was not.
 */
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
        ? [...Array(next + (int(10) === 0 ? 1 : 0)).keys()].filter(() => int(3) > 0)
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

/** Judges the history by the definition, element by element and read by read. */
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
      // The element is lost: it is missing from the last read, and no read that began later shows it.
      result.lost.push(value);
    } else if (showing.length === 0) result.neverRead++;
    else {
      result.stable++;
      if (later.some(({ shown }) => !shown.includes(value))) result.stale.push(value);
    }
  }
  // Jepsen's checker allows a read to show an element whose add failed, so only elements that no add tried count here.
  result.phantom = reads.some(({ shown, end }) =>
    shown.some((value) => !steps.some((add) => add.element === value && add.start < end)),
  );
  return result;
}

test(`a set-full agrees with the definition on ${histories} small histories`, () => {
  const counts = { lost: 0, phantom: 0, fine: 0, unknown: 0 };
  for (let seed = 0; seed < histories; seed++) {
    const { lines, steps } = draw(seed);
    if (steps.every(({ element, outcome }) => element === null || outcome === "fail")) continue;
    if (steps.every(({ outcome }) => outcome !== "ok")) continue;
    const wanted = byDefinition(steps);
    const isBroken = wanted.lost.length > 0 || wanted.phantom;
    const verdict = isBroken ? "invalid" : wanted.stable === 0 ? "unknown" : "valid";
    const durable = judged(lines);
    expect(durable.verdict, `seed ${seed}: ${durable.reason ?? ""}`).toBe(verdict);
    if (!wanted.phantom)
      expect(durable.measurements["lost"] ?? 0, `seed ${seed}`).toBe(wanted.lost.length);
    counts[
      wanted.phantom
        ? "phantom"
        : wanted.lost.length > 0
          ? "lost"
          : verdict === "unknown"
            ? "unknown"
            : "fine"
    ]++;
  }
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(histories / 100);
});

describe("a set", () => {
  const one = done("add", "1");
  const lost = [one, done("add", "2"), read(1, "#{1 2}"), read(2, "[2]")];

  test("what was acknowledged and is missing to the end is lost, by its add and the last read", () => {
    const { verdict, anomalies } = judged(lost);
    expect(verdict).toBe("invalid");
    expect(anomalies).toMatchObject([
      { explanation: expect.stringMatching(/^lost: .*line 7.*line 1/), operations: [0, 3] },
    ]);
  });

  test("absent for a while is linearizable no more", () => {
    const stale = [one, read(1, "#{}"), read(1, "#{1}")];
    expect(judged(stale).verdict).toBe("valid");
    expect(judged(stale, "linearizable").verdict).toBe("invalid");
  });

  test("set asks the last read only", () => {
    const again = [one, read(1, "[]"), read(1, "#{1}")];
    expect(judged(again, undefined, "set").verdict).toBe("valid");
    expect(judged([one, read(1, "#{1}"), read(1, "[]")], undefined, "set").verdict).toBe("invalid");
  });

  test("an element that is shown twice is wrong in set-full", () => {
    expect(judged([one, read(1, "[1 1]")]).verdict).toBe("invalid");
  });

  test("a read that shows no set is named by the line of its answer", () => {
    for (const value of ["7", "nil", "{1 2}"])
      expect(errorOf(() => judged([one, read(1, value)]))).toMatchObject({
        code: "bad-field",
        line: 4,
        got: value,
      });
  });

  test("is chosen by its reads: one is a set's, more are a set-full's, numbers are a counter's", () => {
    const modelOf = (text: string, question?: ForeignQuestion): string | undefined =>
      judgedAs(text, question).model;
    expect(modelOf(one + read(1, "#{1}"))).toBe("set");
    expect(modelOf(one + read(1, "#{1}") + read(1, "#{1}"))).toBe("set-full");
    expect(modelOf(one + read(1, "1"))).toBe("counter");
    expect(judgedAs(one)).toMatchObject({ verdict: "unknown", model: undefined });
    expect(judgedAs(one + read(1, "1") + read(1, "#{1}"))).toMatchObject({
      verdict: "unknown",
      reason: expect.stringContaining("--model"),
    });
  });

  test("keys are sets of their own, each anomaly named with its key", () => {
    const add = (key: string, value: string): string => done("add", `[${key} ${value}]`);
    const readOf = (key: string, value: string): string =>
      done("read", `[${key} nil]`, `[${key} ${value}]`, 1);
    const text = add("0", "1") + add("1", "2") + readOf("0", "#{1}");
    expect(judgedAs(text + readOf("1", "#{2}")).verdict).toBe("valid");
    expect(judgedAs(text + readOf("1", "#{1}"))).toMatchObject({
      verdict: "invalid",
      anomalies: [{ key: "1" }, { key: "1" }],
    });
  });

  test("a guarantee of another model is refused", () => {
    expect(() => judgedAs(lost.join(""), { guarantee: "unique-ids" })).toThrow(
      /a guarantee of the model set-full \(durable, linearizable\)/,
    );
  });
});
