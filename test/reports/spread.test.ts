/** Tests what reports say about the broadcasts of a campaign. */
import { describe, expect, it } from "vitest";
import type { HistoryEvent } from "../../checkers/index.ts";
import { type HistoryRow, renderHtml, type Spread } from "../../reports/index.ts";
import { worthSection } from "../../reports/sections/worth.ts";
import { spreadText } from "../../reports/spread.ts";
import { stepsOf } from "../../reports/steps.ts";
import { campaign, exhibit, small } from "./support.ts";

const row = (spread?: Spread): HistoryRow => ({
  index: 0,
  hash: "",
  verdict: "valid",
  operations: 10,
  elapsedMs: 1,
  ...(spread === undefined ? {} : { spread }),
});

describe("how broadcasts spread", () => {
  it("adds up the messages, and takes the median and the worst of all histories", () => {
    const histories = [
      row({ messages: 30, operations: 10, medianStableMs: 5, maximalStableMs: 40 }),
      row({ messages: 10, operations: 10, medianStableMs: 90, maximalStableMs: 100 }),
      row({ messages: 20, operations: 20, medianStableMs: 8, maximalStableMs: 9 }),
    ];
    expect(spreadText({ histories })).toBe(
      "1.5 messages between nodes per operation; the last read that lacked a broadcast number began at most 100 ms after the broadcast had begun; the median of the histories’ medians is 8 ms",
    );
  });

  it("is not there where nothing was broadcast", () => {
    expect(spreadText({ histories: [row()] })).toBeUndefined();
  });

  it("is told of what a broken run covered, too", () => {
    const spread = { messages: 30, operations: 10, medianStableMs: 5, maximalStableMs: 40 };
    const of = (one: HistoryRow): string =>
      worthSection(campaign("invalid", { histories: [one] })).text;
    expect(of(row(spread))).toContain("Broadcasts: 3 messages between nodes per operation");
    expect(of(row())).not.toContain("Broadcasts");
  });

  it.each(["valid", "invalid", "unknown"] as const)(
    "is told once in a report that is %s",
    (verdict) => {
      const spread = { messages: 30, operations: 10, medianStableMs: 5, maximalStableMs: 40 };
      const page = renderHtml(campaign(verdict, { histories: [row(spread)] }), [exhibit(small)]);
      expect(page.match(/Broadcasts: 3 messages/g)).toHaveLength(1);
    },
  );
});

describe("a broadcast among the steps of a history", () => {
  it("is acknowledged, and has nothing to find", () => {
    const shown = exhibit(small);
    const [run, end] = [shown.events.at(0), shown.events.at(-1)] as [HistoryEvent, HistoryEvent];
    const events: HistoryEvent[] = [
      run,
      {
        e: "invoke",
        atUs: 1,
        op: 0,
        client: "c1",
        process: 0,
        node: "n1",
        f: "add",
        key: "k0",
        args: { element: 7 },
      },
      { e: "ok", atUs: 2, op: 0 },
      end,
    ];
    expect(stepsOf({ ...shown, events }).map(({ text }) => text)).toEqual([
      'c1 add k0 {"element":7} through n1: acknowledged',
    ]);
  });
});
