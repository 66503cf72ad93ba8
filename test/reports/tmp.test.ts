import { test } from "vitest";
import { writeFileSync } from "node:fs";
import { renderHtml, renderTerminal, renderMarkdown, renderJunit, stepLines } from "../../reports/index.ts";
import { campaign, exhibit, large, small } from "./support.ts";
test("x", () => {
  const s = exhibit(small), l = exhibit(large);
  writeFileSync("/tmp/rep.html", renderHtml(campaign("invalid"), [l, s]));
  writeFileSync("/tmp/rep-valid.html", renderHtml(campaign("valid"), [exhibit(large, {verdict: "valid"})]));
  console.log(renderTerminal(campaign("invalid"), { steps: stepLines(s), report: "runs/x/report.html" }));
  console.log(renderTerminal(campaign("valid")), renderTerminal(campaign("unknown")));
  console.log(renderMarkdown(campaign("invalid")), renderJunit(campaign("invalid")).slice(0, 2500));
});
