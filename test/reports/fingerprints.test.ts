/** Tests the list of runs: the failures of all runs together, and the trends. */
import { describe, expect, test } from "vitest";
import { renderRuns } from "../../reports/index.ts";
import { campaign } from "./support.ts";

const all = { verdict: "", on: "", profile: "", text: "" };
const finding = {
  fingerprint: "durable:c0(write)",
  guarantee: "durable",
  explanation: "c0's write is on no replica",
  histories: 2,
  first: 4,
  folder: "histories/4",
  known: false,
};
const run = (name: string) => ({
  name,
  campaign: campaign("invalid", { findings: [finding] }),
  files: [],
});

describe("the list of runs", () => {
  test("has one row a fingerprint, whatever number of runs found it", () => {
    const html = renderRuns("runs", [run("a"), run("b")], all);
    expect(html.match(/durable:c0\(write\)/g)).toHaveLength(1);
    expect(html).toContain('<td class="figure">2</td><td class="figure">4</td>');
  });

  test("says nothing of fingerprints where no run kept going", () => {
    const html = renderRuns("runs", [{ ...run("a"), campaign: campaign("invalid") }], all);
    expect(html).not.toContain("Failures by fingerprint");
  });

  test("shows histories a minute and the share that succeeded", () => {
    // The run has 13 histories in 14.23 s, and 3,391 of 4,160 operations succeeded.
    expect(renderRuns("runs", [run("a")], all)).toContain(
      '<td class="figure">55</td><td class="figure">81.5 %</td>',
    );
  });
});
