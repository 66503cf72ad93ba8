/** What a campaign says of its broadcasts. */
import { describe, expect, it } from "vitest";
import type { HistoryRow, Spread } from "../../reports/index.ts";
import { spreadText } from "../../reports/spread.ts";

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
      "1.5 messages between nodes per operation; counted from its invocation, a number was everywhere after 8 ms in the median history, after 100 ms at most",
    );
  });

  it("is not there where nothing was broadcast", () => {
    expect(spreadText({ histories: [row()] })).toBeUndefined();
  });
});
