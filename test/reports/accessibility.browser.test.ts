/// <reference lib="dom" />
/**
 * Tests that axe-core finds no violation in the report, whatever the report shows: in both colour schemes and on a
 * narrow screen.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderHtml } from "../../reports/index.ts";
import { chromiumPath, launch, missing, open } from "./browser.ts";
import { campaign, exhibit, large, small } from "./support.ts";

const executable = chromiumPath();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A history of medium size. axe examines every element, which would take half a minute for a large history. */
const medium = { ...large, operations: 80 };
const failing = renderHtml(campaign("invalid"), [exhibit(small), exhibit(medium)]);
const valid = renderHtml(campaign("valid"), [exhibit(medium, { verdict: "valid" })]);
const unknown = renderHtml(campaign("unknown"), [exhibit(medium, { verdict: "unknown" })]);

describe.skipIf(executable === undefined)(
  `the report has no violation of axe-core${executable === undefined ? ` (skipped: ${missing})` : ""}`,
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch(executable ?? "");
    });
    afterAll(() => browser.close());

    const wide: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
    test.each<readonly [string, string, BrowserContextOptions]>([
      ["invalid, light", failing, { ...wide, colorScheme: "light" }],
      ["invalid, dark", failing, { ...wide, colorScheme: "dark" }],
      ["invalid, 390 wide", failing, { viewport: { width: 390, height: 800 } }],
      ["valid, light", valid, { ...wide, colorScheme: "light" }],
      ["valid, dark", valid, { ...wide, colorScheme: "dark" }],
      ["unknown", unknown, wide],
    ])("%s", async (_, html, options) => {
      // The page's policy allows only the page's own script. So the policy is bypassed to add axe.
      const { page, close } = await open(browser, html, { ...options, bypassCSP: true });
      await page.evaluate(() => {
        for (const details of document.querySelectorAll("details")) details.open = true;
      });
      await page.addScriptTag({ content: axe });
      const { violations } = await page.evaluate<AxeResults>("axe.run()");
      const told = violations.map(
        ({ id, help, nodes }) =>
          `${id}: ${help}: ${nodes
            .slice(0, 4)
            .map((node) => `${node.target.join(" ")} ${node.failureSummary ?? ""}`)
            .join(" | ")}`,
      );
      expect(told).toEqual([]);
      await close();
    });
  },
);
