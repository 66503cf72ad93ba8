import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findGaps } from "../../reports/page/gaps.ts";
import { createView } from "../../reports/page/view.ts";
import { buildTrace } from "../../reports/trace/trace.ts";
import { exhibit, large, small } from "./support.ts";

const gaps = [
  { fromUs: 100, toUs: 1_100, widthUs: 50 },
  { fromUs: 1_200, toUs: 9_200, widthUs: 80 },
];

describe("the view", () => {
  test("a time and its pixel belong to each other, shortened or not", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), fc.boolean(), (atUs, short) => {
        const view = createView(10_000, gaps);
        view.shorten(short);
        expect(view.at(view.x(atUs, 800), 800)).toBeCloseTo(atUs, 3);
      }),
    );
  });

  test("time never runs backwards on the axis", () => {
    const view = createView(10_000, gaps);
    view.shorten(true);
    const places = Array.from({ length: 1_001 }, (_, step) => view.x(step * 10, 1_000));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test("a gap takes the room that it was given, and no more", () => {
    const view = createView(10_000, gaps);
    view.shorten(true);
    const second = view.x(200, 1_000) - view.x(100, 1_000);
    expect(view.x(9_200, 1_000) - view.x(1_200, 1_000)).toBeCloseTo(
      (80 * (view.x(1_200, 1_000) - view.x(1_100, 1_000))) / 100,
      3,
    );
    expect(second).toBeLessThan((100 / 10_000) * 1_000);
  });

  test("zooming keeps what is under the pointer, and at the whole run nothing changes any more", () => {
    const view = createView(10_000, gaps);
    const under = view.at(300, 1_000);
    expect(view.zoom(0.5, 0.3)).toBe(true);
    expect(view.at(300, 1_000)).toBeCloseTo(under, 3);
    view.fit();
    expect(view.zoom(2, 0.5)).toBe(false);
    expect(view.pan(1)).toBe(false);
  });
});

describe("gaps", () => {
  test.each([large, small])(
    "are in order, do not overlap, and hold no operation's start or end: $title",
    (shape) => {
      const { trace } = buildTrace(exhibit(shape));
      const found = findGaps(trace);
      expect(found.length).toBeGreaterThan(0);
      found.forEach((gap, index) =>
        expect(gap.fromUs).toBeGreaterThanOrEqual(found[index - 1]?.toUs ?? 0),
      );
      for (const { startUs, endUs } of trace.operations) {
        for (const atUs of [startUs, endUs ?? startUs])
          expect(found.some((gap) => gap.fromUs < atUs && atUs < gap.toUs)).toBe(false);
      }
      for (const gap of found) expect(gap.widthUs).toBeLessThan(gap.toUs - gap.fromUs);
    },
  );
});
