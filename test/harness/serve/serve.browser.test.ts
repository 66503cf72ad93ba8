/** Tests the pages of runs in a real browser, by mouse and keyboard. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serve, type Serving } from "../../../harness/serve/index.ts";
import { chromiumPath, launch, missing } from "../../reports/browser.ts";
import { good, hostileName, later, runsFolder } from "./support.ts";

const executable = chromiumPath();
if (executable === undefined && process.env["CI"] === "true")
  test("chromium is installed", () => expect.fail(missing));

describe.skipIf(executable === undefined)(
  `quorate serve in Chromium${executable === undefined ? ` (skipped: ${missing})` : ""}`,
  () => {
    let browser: Browser;
    let serving: Serving;
    let folder: string;
    beforeAll(async () => {
      folder = runsFolder();
      serving = await serve(folder, 0);
      browser = await launch(executable ?? "");
    });
    afterAll(async () => {
      await browser.close();
      await serving.close();
      rmSync(join(folder, ".."), { recursive: true, force: true });
    });

    test("filter, open a run and its report, compare two: no error, no request elsewhere", async () => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on(
        "request",
        (request) => void (request.url().startsWith(serving.url) || complaints.push(request.url())),
      );
      await page.goto(serving.url);
      await page.locator("select[name=verdict]").selectOption("valid");
      await page.getByRole("button", { name: "Filter" }).click();
      expect(await page.locator("tbody tr").count()).toBe(1);
      await page.locator("select[name=verdict]").selectOption("");
      await page.locator("input[name=text]").fill("");
      await page.locator("input[name=text]").press("Enter");
      await page.locator(`input[name=a][value="${good}"]`).check();
      await page.locator(`input[name=b][value="${later}"]`).check();
      await page.getByRole("button", { name: "Compare" }).click();
      expect(await page.locator("h1").innerText()).toBe("Two runs, side by side");
      await page.locator("thead a").first().click();
      expect(await page.locator("h1").innerText()).toBe(good);
      await page.getByRole("link", { name: "report.html" }).click();
      await page.locator('html[data-ready="true"]').waitFor();
      expect(await page.locator("h1").innerText()).toMatch(/^Invalid/);
      expect(complaints).toEqual([]);
      await context.close();
    });

    test("a hostile run is text, its link leads to it, and nothing overflows a narrow screen", async () => {
      const context = await browser.newContext({ viewport: { width: 380, height: 700 } });
      const page = await context.newPage();
      const dialogs: string[] = [];
      page.on("dialog", (dialog) => {
        dialogs.push(dialog.message());
        void dialog.dismiss();
      });
      await page.goto(`${serving.url}?text=onerror`);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(380);
      await page.locator("tbody a").first().click();
      expect(await page.locator("h1").innerText()).toBe(hostileName);
      await page.getByRole("link", { name: "report.html" }).click();
      await page.locator('html[data-ready="true"]').waitFor();
      expect(await page.locator("img").count()).toBe(0);
      expect(dialogs).toEqual([]);
      await context.close();
    });
  },
);
