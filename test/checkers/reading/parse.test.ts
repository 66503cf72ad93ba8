import { describe, expect, test } from "vitest";
import { HistoryError, judge, parseHistory, parseHistoryStream } from "../../../checkers/index.ts";
import { chance } from "../support.ts";
import { sampleSize } from "../sample-size.ts";
import { linesOf, sample } from "../sample.ts";
import type { HistoryErrorCode } from "../../../checkers/index.ts";

const events = sample();
const text = linesOf(events);

function errorOf(source: string): HistoryError {
  try {
    parseHistory(source);
  } catch (error) {
    if (error instanceof HistoryError) return error;
    throw error;
  }
  return expect.fail("expected a HistoryError");
}

/** The text of the sample with its line `index`, counted from 0, replaced. */
const withLine = (index: number, change: (event: Record<string, unknown>) => unknown): string =>
  linesOf(events.map((event, i) => (i === index ? change({ ...event }) : event)));

const indexOf = (e: string): number => events.findIndex((event) => event.e === e);

describe("parseHistory", () => {
  test("reads what was written, from a text, from lines, and from a stream", async () => {
    expect(parseHistory(text)).toEqual(events);
    expect(parseHistory(text.trimEnd().split("\n"))).toEqual(events);
    const streamed = [];
    for await (const event of parseHistoryStream(
      (async function* () {
        yield* text.trimEnd().split("\n");
      })(),
    ))
      streamed.push(event);
    expect(streamed).toEqual(events);
  });

  test.each<[HistoryErrorCode, number | undefined, string]>([
    ["empty", undefined, ""],
    ["bad-json", 1, "\n"],
    ["bad-json", 3, `${text.split("\n").slice(0, 2).join("\n")}\n{"e":"pha`],
    ["unknown-event", 1, "[]"],
    ["unknown-event", 1, '{"e":"toString"}'],
    [
      "unknown-event",
      indexOf("sent") + 1,
      withLine(indexOf("sent"), (event) => ({ ...event, frame: "gossip" })),
    ],
    ["bad-field", 1, withLine(0, (event) => ({ ...event, format: "quorate-history/3" }))],
    ["bad-field", 1, withLine(0, (event) => ({ ...event, colour: "red" }))],
    ["bad-field", 1, withLine(0, (event) => ({ ...event, promised: [7] }))],
    ["bad-field", 1, withLine(0, ({ w: _, ...event }) => event)],
    [
      "bad-field",
      indexOf("ok") + 1,
      withLine(indexOf("ok"), (event) => ({ ...event, versions: {} })),
    ],
    ["bad-field", indexOf("ok") + 1, withLine(indexOf("ok"), (event) => ({ ...event, op: "1" }))],
    [
      "bad-field",
      indexOf("sync") + 1,
      withLine(indexOf("sync"), (event) => ({
        ...event,
        records: [{ key: "k0", versions: [], age: 3 }],
      })),
    ],
    ["not-first", 1, text.slice(text.indexOf("\n") + 1)],
    ["not-first", 2, text.slice(0, text.indexOf("\n") + 1) + text],
    ["after-end", events.length + 1, text + linesOf([{ e: "end", atUs: 1 }])],
    [
      "repeated-operation",
      indexOf("ok") + 1,
      withLine(indexOf("ok"), ({ atUs }) => ({ ...events[indexOf("invoke")], atUs })),
    ],
    [
      "no-open-operation",
      indexOf("ok") + 1,
      withLine(indexOf("ok"), (event) => ({ ...event, op: 99 })),
    ],
    [
      "out-of-order",
      indexOf("ok") + 1,
      withLine(indexOf("ok"), (event) => ({ ...event, atUs: 0 })),
    ],
    [
      "out-of-order",
      indexOf("sync") + 2,
      linesOf(events.flatMap((event, i) => (i === indexOf("sync") ? [event, event] : [event]))),
    ],
    ["incomplete", events.length - 1, linesOf(events.filter((_, i) => i !== indexOf("inspect")))],
  ])("%s, at line %s", (code, line, source) => {
    const error = errorOf(source);
    expect({ code: error.code, line: error.line }).toEqual({ code, line });
    for (const part of [error.expected, error.got, error.hint])
      expect(error.message).toContain(part);
  });

  test("names the unknown field", () => {
    expect(errorOf(withLine(0, (event) => ({ ...event, colour: "red" }))).message).toContain(
      "colour",
    );
  });
});

describe("a history of format /1", () => {
  const former = events.map((event): Record<string, unknown> => {
    if (event.e === "run") {
      const { target: _, workload: _workload, capabilities, ...rest } = event;
      const { versions, evidence } = capabilities;
      const promised = ["no-phantom", "no-failed-effect", ...event.promised.slice(2)];
      return { ...rest, format: "quorate-history/1", versions, evidence, promised };
    }
    return event.e === "phase" && event.phase === "final-phase"
      ? { ...event, phase: "ending" }
      : { ...event };
  });
  const formerText = former.map((event) => `${JSON.stringify(event)}\n`).join("");

  test("is read as one of the bundled store, in the terms of format /2", () => {
    const [run, ...rest] = parseHistory(formerText);
    expect(run).toEqual({ ...events[0], target: { name: "bundled", version: "1", settings: {} } });
    expect(rest).toEqual(events.slice(1));
    expect(judge(parseHistory(formerText))).toEqual(judge(events));
  });

  test("has the fields of its own format only", () => {
    expect(
      errorOf(formerText.replace('"versions":"stamps"', '"versions":"none"')).expected,
    ).toContain("versions must be one of stamps, siblings");
    expect(errorOf(formerText.replace(/"n":3,/, "")).expected).toContain("must have the field n");
  });
});

describe("damage", () => {
  test("a file that was cut anywhere is an error or unknown, never valid", () => {
    const cuts = sampleSize(1_000);
    for (let cut = 0; cut < cuts; cut++) {
      const length = Math.floor((cut * (text.length - 1)) / cuts);
      let verdict: string;
      try {
        verdict = judge(parseHistory(text.slice(0, length))).verdict;
      } catch (error) {
        expect(error, `cut at ${length}`).toBeInstanceOf(HistoryError);
        continue;
      }
      expect(verdict, `cut at ${length}`).toBe("unknown");
    }
  });

  test("whole lines lost from the end are never valid", () => {
    for (let kept = 1; kept < events.length; kept++)
      expect(judge(events.slice(0, kept)).verdict, `${kept} events`).toBe("unknown");
  });

  test("judge never throws, whatever was changed, and lost evidence proves nothing", () => {
    const isEvidence = (e: string): boolean =>
      ["boot", "sync", "sent", "received", "explain"].includes(e);
    for (const [i, event] of events.entries()) {
      if (!isEvidence(event.e)) continue;
      const { verdict, reasons } = judge(events.filter((_, j) => j !== i));
      expect(
        verdict,
        `without event ${i}, ${JSON.stringify(event)}: ${reasons.join("; ")}`,
      ).not.toBe("invalid");
    }
    for (let seed = 0; seed < sampleSize(3_000); seed++) {
      const { int, pick } = chance(seed);
      const mutated: unknown[] = [...events];
      for (let times = 1 + int(3); times > 0; times--) {
        const at = int(mutated.length);
        const event = mutated[at] as Record<string, unknown>;
        const field = pick(Object.keys(event ?? {}).concat("e"));
        const mutations = [
          () => mutated.splice(at, 1),
          () => mutated.splice(at, 0, mutated[int(mutated.length)]),
          () =>
            (mutated[at] = {
              ...event,
              [field]: pick<unknown>([null, -1, "x", [], {}, NaN, undefined, event?.["key"]]),
            }),
          () => (mutated[at] = pick<unknown>([null, 3, "text", {}])),
        ];
        pick(mutations)();
      }
      expect(["valid", "unknown", "invalid"], `seed ${seed}`).toContain(
        judge(mutated as typeof events).verdict,
      );
    }
  });
});

describe("what is said of a file that does not fit", () => {
  const said = (source: string): string => {
    const { expected, got, line } = errorOf(source);
    return `${line ?? "no line"}: ${expected}, got ${got}`;
  };
  const at = (e: string, change: (event: Record<string, unknown>) => unknown): string =>
    withLine(indexOf(e), change);

  test("quorums are of nodes that there are: a checker counts through them", () => {
    const sources = [
      { n: 1e300 },
      { n: 1e15 },
      { n: 4, nodes: ["n1", "n2", "n3"] },
      { r: 4 },
      { w: 1e9 },
    ].map((change) => at("run", (event) => ({ ...event, ...change })));
    expect(sources.map((source) => said(source).replace(/, got .*/, ""))).toEqual([
      "1: a `run` event that fits: n must be a whole number from 0 to 2^53 − 1",
      "1: a `run` event whose n is at most 3, the number of its nodes",
      "1: a `run` event whose n is at most 3, the number of its nodes",
      "1: a `run` event whose r is at most 3, the number of its replicas, n",
      "1: a `run` event whose w is at most 3, the number of its replicas, n",
    ]);
  });

  test("a value nested deeper than any text of it could be made is named only", () => {
    const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
    expect(said(`{"e":${deep}}`)).toMatch(/^1: an event that is one of .*, got an object$/);
    expect(said(`{"e":"sent","frame":${deep}}`)).toMatch(
      /^1: a frame that is one of .*, got an object$/,
    );
    expect(said(`{"e":"run","nodes":${deep}}`)).toMatch(
      /^1: a `run` event that fits: nodes.0 must be a string/,
    );
  });

  test("a key that is named like a property of every object is a key like others", () => {
    for (const name of ["__proto__", "constructor"]) {
      const renamed = parseHistory(text.replaceAll('"k0"', JSON.stringify(name)));
      expect(judge(renamed).guarantees["acknowledged"]).toMatchObject({
        verdict: judge(events).guarantees["acknowledged"]?.verdict,
      });
      // Without its entry in `preference`, the key has no replicas, and does not get a property of Object either.
      const lost = parseHistory(
        text
          .replace(/"preference":\{[^}]*\}/, '"preference":{}')
          .replaceAll('"k0"', JSON.stringify(name)),
      );
      expect(JSON.stringify(judge(lost).reasons)).not.toContain("the checker failed");
    }
  });

  test("what was expected and what came", () => {
    const long = JSON.stringify({ e: "run", why: "x".repeat(100) });
    const sources = [
      "",
      "\n",
      "{",
      "x".repeat(81),
      "[]",
      "null",
      "3",
      '{"e":"toString"}',
      '{"e":"sent"}',
      long,
      at("sent", (event) => ({ ...event, frame: "gossip" })),
      at("ok", (event) => ({ ...event, op: "1" })),
      at("sync", (event) => ({ ...event, records: [{ key: "k0", versions: [], age: 3 }] })),
      text.slice(text.indexOf("\n") + 1),
      text.slice(0, text.indexOf("\n") + 1) + text,
      text + linesOf([{ e: "end", atUs: 1 }]),
      at("ok", ({ atUs }) => ({ ...events[indexOf("invoke")], atUs })),
      at("ok", (event) => ({ ...event, op: 99 })),
      at("ok", (event) => ({ ...event, atUs: 0 })),
      linesOf(events.flatMap((event, i) => (i === indexOf("sync") ? [event, event] : [event]))),
      linesOf(events.filter((_, i) => i !== indexOf("inspect"))),
    ];
    expect(
      sources.map((source) =>
        said(source).replace(/(an? (?:event|frame) of ).*?(?=, sent, received, got|, got)/, "$1…"),
      ),
    ).toEqual([
      "no line: a `run` event, got an empty file",
      "1: one whole JSON object, got an empty line",
      "1: one whole JSON object, got {",
      "1: one whole JSON object, got xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… (81 characters)",
      "1: an object with a field `e`, got []",
      "1: an object with a field `e`, got null",
      "1: an object with a field `e`, got 3",
      "1: an event that is one of run, invoke, ok, fail, info, fault, ring, phase, inspect, node-ended, boot, sync, explain, end, sent, received, got toString",
      "1: a frame that is one of client-read, client-write, client-read-ok, client-write-ok, client-error, replica-write, replica-write-ok, replica-read, replica-read-ok, replica-error, message, stream, exchange, other, got nothing",
      '1: a `run` event that fits: it must not have other fields (why), got {"e":"run","why":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… (120 characters)',
      "9: a frame that is one of client-read, client-write, client-read-ok, client-write-ok, client-error, replica-write, replica-write-ok, replica-read, replica-read-ok, replica-error, message, stream, exchange, other, got gossip",
      '25: a `ok` event that fits: op must be a whole number from 0 to 2^53 − 1, got {"e":"ok","atUs":18000,"op":"1","versions":[{"version":"0001","value":"v1"}]}',
      '15: a `sync` event that fits: records.0 must not have other fields (age), got {"e":"sync","atUs":13000,"node":"n1","boot":1,"seq":4,"records":[{"key":"k0","ve… (112 characters)',
      "1: exactly one `run` event, as the first event, got a `phase` event",
      "2: exactly one `run` event, as the first event, got a `run` event",
      "89: nothing after the `end` event, got a `end` event",
      "25: an op number that was not used before, got op 0 again",
      "25: an operation that was invoked and is still open, got ok of op 99, which is not open",
      "25: an event at 17000 µs or later, got one at 0 µs",
      "16: an evidence number of n1 above 4, got number 4",
      "87: the 29 events that the harness recorded, got 28",
    ]);
  });

  test("each field of each event is checked: refused if it is of another kind, and if it is missing unless it may be", () => {
    const optional = [
      "key",
      "detail",
      "value",
      "context",
      "hintFor",
      "trace",
      "recorded",
      "reason",
      "message",
      "contextOf",
      "cuts",
      "sync",
      "quorums",
      "r",
      "w",
      "final",
      "n",
      "preference",
      "repair",
    ];
    const kinds = new Map(
      events.map((event, i) => [`${event.e} ${"frame" in event ? event.frame : ""}`, i]),
    );
    for (const [kind, i] of kinds) {
      for (const field of Object.keys(events[i] as object)) {
        if (field === "e" || field === "frame") continue;
        expect(
          errorOf(withLine(i, (event) => ({ ...event, [field]: { odd: [{}] } }))),
          `${kind}, ${field}`,
        ).toMatchObject({
          code: "bad-field",
          line: i + 1,
          expected: expect.stringContaining(`fits: ${field}`),
        });
        if (optional.includes(field) || (kind === "ok " && field === "versions")) continue;
        expect(
          errorOf(withLine(i, ({ [field]: _, ...rest }) => rest)),
          `${kind} without ${field}`,
        ).toMatchObject({
          code: "bad-field",
          expected: expect.stringContaining(`it must have the field ${field}`),
        });
      }
      expect(errorOf(withLine(i, (event) => ({ ...event, odd: 1 }))), kind).toMatchObject({
        code: "bad-field",
        expected: expect.stringContaining("it must not have other fields (odd)"),
      });
    }
  });

  test("each code has a hint that says what to do", () => {
    const codes = [
      "empty",
      "bad-json",
      "unknown-event",
      "bad-field",
      "not-first",
      "after-end",
      "repeated-operation",
      "no-open-operation",
      "time-runs-backwards",
      "bad-structure",
      "out-of-order",
      "incomplete",
      "unknown-format",
      "bad-edn",
      "bad-line",
      "still-open",
      "not-in-model",
    ] as const;
    for (const code of codes)
      expect(new HistoryError(code, "this", "that").hint.length, code).toBeGreaterThan(30);
    const error = new HistoryError("bad-json", "this", "that");
    expect([error.name, error.message, error.atLine(7).message]).toEqual([
      "HistoryError",
      `history: expected this, got that (bad-json); ${error.hint}`,
      `history line 7: expected this, got that (bad-json); ${error.hint}`,
    ]);
    expect([error.line, error.atLine(7).line, error.code]).toEqual([undefined, 7, "bad-json"]);
  });

  test("times that are equal are in order, evidence of each boot counts by itself, and gaps are no error", () => {
    const at = (seq: number, boot: number, node = "n1") => ({
      e: "boot",
      atUs: 5,
      node,
      boot,
      seq,
      phase: "start",
    });
    const source = (...more: unknown[]): string => linesOf([events[0], ...more]);
    expect(
      parseHistory(
        source(at(3, 1), at(0, 2), at(0, 1, "n2"), at(5, 1), {
          e: "phase",
          atUs: 5,
          phase: "quiet",
        }),
      ),
    ).toHaveLength(6);
    expect(errorOf(source(at(3, 1), at(0, 2), at(3, 1)))).toMatchObject({
      code: "out-of-order",
      line: 4,
    });
    expect(parseHistory(source({ e: "end", atUs: 0, recorded: 2 }))).toHaveLength(2);
    expect(errorOf(source(at(3, 1), { e: "end", atUs: 5, recorded: 3 }))).toMatchObject({
      code: "incomplete",
      line: 3,
    });
    expect(parseHistory(text.trimEnd())).toEqual(events);
  });
});
