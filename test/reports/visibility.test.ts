import { describe, expect, test } from "vitest";
import type { Measurement } from "../../checkers/index.ts";
import { type Exhibit, renderHtml } from "../../reports/index.ts";
import { campaign, exhibit, small } from "./support.ts";

const shareOf = (
  reads: number,
  share: number,
  predicted: number | null,
): Record<string, Measurement> => ({
  reads,
  current: Math.round(reads * share),
  share,
  low: share - 0.05,
  high: Math.min(1, share + 0.05),
  predicted,
});

/** An exhibit with these measurements by the checker of staleness. */
function measuring(measurements: Record<string, Measurement>): Exhibit {
  const shown = exhibit(small);
  const staleness = shown.verdict.guarantees.staleness;
  if (staleness === undefined) throw new Error("the fixture has no staleness");
  return {
    ...shown,
    verdict: {
      ...shown.verdict,
      guarantees: {
        ...shown.verdict.guarantees,
        staleness: { ...staleness, measurements: { ...staleness.measurements, ...measurements } },
      },
    },
  };
}

const figure = (measurements: Record<string, Measurement>): string | undefined =>
  /<figure><figcaption><strong>t-visibility[^]*?<\/figure>/.exec(
    renderHtml(campaign("invalid"), [measuring(measurements)]),
  )?.[0];

describe("t-visibility", () => {
  const ages = [
    { fromMs: 0, toMs: 1, ...shareOf(40, 0.7, 0.75) },
    { fromMs: 2_000, toMs: null, ...shareOf(60, 0.95, 0.99) },
  ];

  test("has each age with its interval, and what was predicted beside it", () => {
    const drawn = figure({ visibility: shareOf(100, 0.85, 0.9), visibilityByAge: ages });
    expect(drawn).toContain("85 of 100 reads current: 85 % (80 % to 90 %); predicted 90 %.");
    expect(drawn).toContain(
      "<title>0 ms to 1 ms: 70 % of 40 reads current (65 % to 75 %), predicted 75 %</title>",
    );
    expect(drawn).toContain(
      "<title>from 2,000 ms on: 95 % of 60 reads current (90 % to 100 %), predicted 99 %</title>",
    );
    expect(drawn?.match(/<circle class="measured" cx="\d/g)).toHaveLength(3);
  });

  test("a lower share stands lower, and a better one is not cut off", () => {
    const drawn = figure({ visibility: shareOf(100, 0.85, null), visibilityByAge: ages }) ?? "";
    const [first = 0, second = 0] = [
      ...drawn.matchAll(/<circle class="measured" cx="[\d.]+" cy="([\d.]+)"/g),
    ].map(([, y]) => Number(y));
    expect(first).toBeGreaterThan(second);
    expect([...drawn.matchAll(/ y="?(-?[\d.]+)/g)].every(([, y]) => Number(y) >= 0)).toBe(true);
  });

  test("of fewer than 30 reads it gives the count, and no plot", () => {
    const drawn = figure({ visibility: shareOf(10, 0.5, null), visibilityByAge: ages }) ?? "";
    expect(drawn).toContain("5 of 10 reads current.");
    expect(drawn).not.toContain("<svg");
  });

  test("without a prediction it says so; without reads there is no plot", () => {
    expect(
      figure({
        visibility: shareOf(40, 0.5, null),
        visibilityByAge: [{ fromMs: 0, toMs: 1, ...shareOf(40, 0.5, null) }],
      }),
    ).toContain("without message times there is no prediction");
    expect(figure({})).toBeUndefined();
    expect(figure({ visibility: "?", visibilityByAge: [{ fromMs: "x" }, 7] })).toBeUndefined();
  });
});
