import { describe, expect, test } from "vitest";
import type { HistoryEvent } from "../../checkers/index.ts";
import { renderHtml } from "../../reports/index.ts";
import { campaign, exhibit, large } from "./support.ts";

/** The part of the page with the figure that has this heading. */
function figure(html: string, heading: string): string {
  const start = html.indexOf(`<strong>${heading}</strong>`);
  expect(start, heading).toBeGreaterThan(0);
  return html.slice(start, html.indexOf("</figure>", start));
}
const shown = exhibit(large);
const html = renderHtml(campaign("invalid"), [shown]);

describe("the plots over time", () => {
  test.each(["Latency", "Throughput", "Divergence"])(
    "%s has its three faults shaded",
    (heading) => {
      const text = figure(html, heading);
      expect(text.match(/<rect class="shade"/g)).toHaveLength(3);
      expect(text).toContain("<title>partition n1 n2 ↮ n3 n4 n5</title>");
      expect(text).not.toMatch(/NaN|undefined|Infinity/);
    },
  );

  test("latency tells kinds and outcomes apart by shape, one mark an operation", () => {
    const text = figure(html, "Latency");
    // Final reads come much later than the load, and the figure leaves them out.
    const swept = shown.events.filter(
      (event) => event.e === "invoke" && event.final === true,
    ).length;
    expect(text.match(/<title>#\d+ /g)).toHaveLength(
      shown.events.filter(({ e }) => e === "ok" || e === "fail" || e === "info").length - swept,
    );
    expect(text.match(/<circle/g)).toHaveLength(text.match(/<title>#\d+ read: ok/g)?.length ?? 0);
  });

  test("latency of many operations is thinned, its slowest kept, and says so", () => {
    const text = figure(
      renderHtml(campaign("invalid"), [exhibit({ ...large, operations: 5_000 })]),
      "Latency",
    );
    expect(text.match(/<title>#\d+ /g)?.length).toBeLessThan(1_400);
    expect(text).toMatch(/Every \d+th operation and the 200 slowest/);
  });

  test("repair traffic counts each mechanism; without any there is no plot of it", () => {
    expect(html).not.toContain("<strong>Repair traffic</strong>");
    const repair: HistoryEvent = {
      e: "sent",
      atUs: 900_000,
      node: "n1",
      boot: 1,
      seq: 90_000,
      peer: "n2",
      frame: "replica-write",
      request: 1,
      cause: "handoff",
      key: "k0",
      versions: ["1"],
    };
    const text = figure(
      renderHtml(campaign("invalid"), [
        { ...shown, events: [...shown.events.slice(0, -1), repair, ...shown.events.slice(-1)] },
      ]),
      "Repair traffic",
    );
    expect(text).toContain("hints handed off (1)");
    expect(text).toContain("copies by read repair (0)");
  });
});

describe("key by key", () => {
  const strips = (text: string): number => text.split('class="replicas"').length - 1;

  test("each key has a lane a replica, the anomaly's key first and open", () => {
    expect(strips(html)).toBe(4);
    const first = html.slice(html.indexOf('<details class="key-strip"'));
    expect(first).toMatch(/^<details class="key-strip" open>\s*<summary>key <bdi>k/);
    const key = shown.verdict.guarantees["regular-stamped"]?.anomalies[0]?.key;
    expect(first.slice(0, 100)).toContain(`<bdi>${key}</bdi>`);
    expect(first.slice(0, first.indexOf("</svg>")).match(/class="lane"/g)).toHaveLength(3);
  });

  test("says where replicas differed, for how long, what ended it and which fault there was", () => {
    expect(html).toMatch(/differed \d+ times, longest [\d.]+ (µs|ms|s)/);
    expect(html).toContain("The longest 5 of");
  });

  test("without evidence there is neither", () => {
    const blind = renderHtml(campaign("invalid"), [exhibit({ ...large, evidence: false })]);
    expect(strips(blind)).toBe(0);
    expect(blind).not.toContain("Key by key");
  });
});
