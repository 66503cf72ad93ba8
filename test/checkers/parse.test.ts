import { describe, expect, test } from "vitest";
import { HistoryError, judge, parseHistory, parseHistoryStream } from "../../checkers/index.ts";
import { chance } from "./support.ts";
import { sampleSize } from "./sample-size.ts";
import { linesOf, sample } from "./sample.ts";
import type { HistoryErrorCode } from "../../checkers/index.ts";

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

/** The sample with its line `index` (from 0) replaced. */
const withLine = (index: number, change: (event: Record<string, unknown>) => unknown): string =>
  linesOf(events.map((event, i) => (i === index ? change({ ...event }) : event)));

const indexOf = (e: string): number => events.findIndex((event) => event.e === e);

describe("parseHistory", () => {
  test("reads what was written, from a text, from lines, and from a stream", async () => {
    expect(parseHistory(text)).toEqual(events);
    expect(parseHistory(text.trimEnd().split("\n"))).toEqual(events);
    const streamed = [];
    for await (const event of parseHistoryStream((async function* () { yield* text.trimEnd().split("\n"); })())) streamed.push(event);
    expect(streamed).toEqual(events);
  });

  test.each<[HistoryErrorCode, number | undefined, string]>([
    ["empty", undefined, ""],
    ["bad-json", 1, "\n"],
    ["bad-json", 3, `${text.split("\n").slice(0, 2).join("\n")}\n{"e":"pha`],
    ["unknown-event", 1, "[]"],
    ["unknown-event", 1, "{\"e\":\"toString\"}"],
    ["unknown-event", indexOf("sent") + 1, withLine(indexOf("sent"), (event) => ({ ...event, frame: "gossip" }))],
    ["bad-field", 1, withLine(0, (event) => ({ ...event, format: "quorate-history/2" }))],
    ["bad-field", 1, withLine(0, (event) => ({ ...event, colour: "red" }))],
    ["bad-field", 1, withLine(0, (event) => ({ ...event, promised: ["perfection"] }))],
    ["bad-field", indexOf("ok") + 1, withLine(indexOf("ok"), ({ versions: _, ...event }) => event)],
    ["bad-field", indexOf("ok") + 1, withLine(indexOf("ok"), (event) => ({ ...event, op: "1" }))],
    ["bad-field", indexOf("sync") + 1, withLine(indexOf("sync"), (event) => ({ ...event, records: [{ key: "k0", versions: [], age: 3 }] }))],
    ["not-first", 1, text.slice(text.indexOf("\n") + 1)],
    ["not-first", 2, text.slice(0, text.indexOf("\n") + 1) + text],
    ["after-end", events.length + 1, text + linesOf([{ e: "end", atUs: 1 }])],
    ["repeated-operation", indexOf("ok") + 1, withLine(indexOf("ok"), ({ atUs }) => ({ ...events[indexOf("invoke")], atUs }))],
    ["no-open-operation", indexOf("ok") + 1, withLine(indexOf("ok"), (event) => ({ ...event, op: 99 }))],
    ["out-of-order", indexOf("ok") + 1, withLine(indexOf("ok"), (event) => ({ ...event, atUs: 0 }))],
    ["out-of-order", indexOf("sync") + 2, linesOf(events.flatMap((event, i) => (i === indexOf("sync") ? [event, event] : [event])))],
    ["incomplete", events.length - 1, linesOf(events.filter((_, i) => i !== indexOf("inspect")))],
  ])("%s, at line %s", (code, line, source) => {
    const error = errorOf(source);
    expect({ code: error.code, line: error.line }).toEqual({ code, line });
    for (const part of [error.expected, error.got, error.hint]) expect(error.message).toContain(part);
  });

  test("names the unknown field", () => {
    expect(errorOf(withLine(0, (event) => ({ ...event, colour: "red" }))).message).toContain("colour");
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
    for (let kept = 1; kept < events.length; kept++) expect(judge(events.slice(0, kept)).verdict, `${kept} events`).toBe("unknown");
  });

  test("judge never throws, whatever was changed, and lost evidence proves nothing", () => {
    const isEvidence = (e: string): boolean => ["boot", "sync", "sent", "received", "explain"].includes(e);
    for (const [i, event] of events.entries()) {
      if (!isEvidence(event.e)) continue;
      const { verdict, reasons } = judge(events.filter((_, j) => j !== i));
      expect(verdict, `without event ${i}, ${JSON.stringify(event)}: ${reasons.join("; ")}`).not.toBe("invalid");
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
          () => (mutated[at] = { ...event, [field]: pick<unknown>([null, -1, "x", [], {}, NaN, undefined, event?.["key"]]) }),
          () => (mutated[at] = pick<unknown>([null, 3, "text", {}])),
        ];
        pick(mutations)();
      }
      expect(["valid", "unknown", "invalid"], `seed ${seed}`).toContain(judge(mutated as typeof events).verdict);
    }
  });
});
