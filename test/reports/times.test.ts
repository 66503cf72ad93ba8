import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { milliseconds as inCheckers } from "../../checkers/messages/operation-messages.ts";
import { faultWindows } from "../../checkers/model/fault-windows.ts";
import { milliseconds, timeUpTo } from "../../reports/page/format.ts";
import { durationsUpTo } from "../../reports/report-messages.ts";
import { stepsOf } from "../../reports/steps.ts";
import { traceFaults } from "../../reports/trace/trace-faults.ts";
import { exhibit, large } from "./support.ts";

describe("times of a history", () => {
  test("look the same in the report and in the checkers' sentences", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000_000 }), (us) => {
        expect(milliseconds(us)).toBe(inCheckers(us));
      }),
    );
  });

  test.each([
    [0, "0 ms"],
    [7, "0.007 ms"],
    [43, "0.04 ms"],
    [960, "1.0 ms"],
    [12_345_678, "12345.7 ms"],
  ])("only 0 looks like 0, and all have one unit: %i µs", (us, text) => {
    expect(milliseconds(us)).toBe(text);
  });

  test("have the unit of the sentences on axes too", () => {
    expect([0, 30_000_000, 60_000_000].map(timeUpTo(60_000_000))).toEqual([
      "0 ms",
      "30000 ms",
      "60000 ms",
    ]);
  });

  test("of a fault are the same among the steps, on the timeline and for the checkers", () => {
    const { events, ...shown } = exhibit(large);
    const faults = events.filter((event) => event.e === "fault");
    const ends = [
      ...traceFaults(events, 0, Infinity).map(({ fromUs, toUs }) => [fromUs, toUs]),
    ].flat();
    const judged = faultWindows(faults).flatMap(({ fromUs, toUs }) => [fromUs, toUs]);
    const told = stepsOf({ ...shown, events })
      .filter(({ op }) => op === undefined)
      .map(({ atUs }) => atUs);
    expect(ends.length).toBeGreaterThan(0);
    expect(judged).toEqual(ends);
    expect(told).toEqual(ends.filter(Number.isFinite).sort((a, b) => a - b));
  });
});

test("durations that stand together have the unit of the longest", () => {
  expect([0.4, 977.06, 1_234.5].map(durationsUpTo(1_234.5))).toEqual([
    "0.4 ms",
    "977.1 ms",
    "1,235 ms",
  ]);
  expect([250, 61_500].map(durationsUpTo(61_500))).toEqual(["0.25 s", "61.5 s"]);
});
