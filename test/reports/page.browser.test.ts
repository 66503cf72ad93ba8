/// <reference lib="dom" />
/**
 * Tests the report in a real browser: made from source, and made from a bundle like that of the released command line.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundledText } from "../../tools/bundled-text.mjs";
import * as source from "../../reports/index.ts";
import { chromiumPath, launch, missing, open, placeOf, state } from "./browser.ts";
import {
  hostileCampaign,
  hostileExhibit,
  longCampaign,
  longExhibit,
  markupValue,
} from "./hostile.ts";
import { campaign, exhibit, large, small } from "./support.ts";

const executable = chromiumPath();
const shrunk = exhibit(small);
const whole = exhibit(large);

// In CI, a missing browser is a failure. Elsewhere the tests are skipped.
if (executable === undefined && process.env["CI"] === "true")
  test("chromium is installed", () => expect.fail(missing));

describe.skipIf(executable === undefined)(
  `the report in Chromium${executable === undefined ? ` (skipped: ${missing})` : ""}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "quorate-bundle-"));
    let browser: Browser;
    let bundled: typeof source;
    beforeAll(async () => {
      const outfile = join(folder, "reports.mjs");
      await build({
        entryPoints: ["reports/index.ts"],
        outfile,
        bundle: true,
        packages: "external",
        platform: "node",
        format: "esm",
        target: "node20",
        logLevel: "error",
        plugins: [bundledText],
      });
      bundled = (await import(/* @vite-ignore */ pathToFileURL(outfile).href)) as typeof source;
      browser = await launch(executable ?? "");
    });
    afterAll(async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    });

    describe.each([
      ["from source", () => source],
      ["from a bundle", () => bundled],
    ])("%s", (_, renderer) => {
      const html = (): string => renderer().renderHtml(campaign("invalid"), [shrunk, whole]);

      test("opens without an error or a request, the smallest history first, its witnesses marked", async () => {
        const { page, complaints, close } = await open(browser, html());
        expect(await page.locator("h1").innerText()).toMatch(/^Invalid/);
        expect(await page.locator("#exhibit-0 h2").innerText()).toContain(
          "smallest failing history",
        );
        expect(await page.locator("#exhibit-1 h2").innerText()).toContain("whole history");
        expect(await state(page, 0)).toMatchObject({ anomaly: 0 });
        expect(complaints).toEqual([]);
        await close();
      });

      test("hover shows, click keeps the details of an operation", async () => {
        const { page, complaints, close } = await open(browser, html());
        const op = whole.verdict.guarantees["regular-stamped"]?.anomalies[0]?.operations[2] ?? -1;
        await page.locator("#exhibit-1 [data-action=next]").click();
        await page.locator("#exhibit-1 [data-action=previous]").click();
        const { x, y } = await placeOf(page, 1, whole, op);
        await page.mouse.move(x, y);
        const tooltip = page.locator("#exhibit-1 .tooltip");
        await tooltip.waitFor({ state: "visible" });
        expect(await tooltip.innerText()).toContain(`#${op} read`);
        await page.mouse.click(x, y);
        const panel = page.locator("#exhibit-1 .panel");
        for (const part of [
          `#${op} read`,
          "✓ ok",
          "coordinator",
          "invocation",
          "completion",
          "replicas that answered",
          "at version",
          "broken promise",
        ]) {
          expect(await panel.innerText()).toContain(part);
        }
        expect((await state(page, 1)).selected).toBe(String(op));
        expect(complaints).toEqual([]);
        await close();
      });

      test("keys zoom, pan, step and go from anomaly to anomaly", async () => {
        const { page, complaints, close } = await open(browser, html());
        const canvas = page.locator("#exhibit-1 [data-part=canvas]");
        await canvas.focus();
        const start = await state(page, 1);
        await canvas.press("+");
        const zoomed = await state(page, 1);
        expect(zoomed.span).toBeLessThan(start.span);
        await canvas.press("ArrowRight");
        const panned = await state(page, 1);
        expect(panned.fromUs).toBeGreaterThan(zoomed.fromUs);
        expect(panned.span).toBeCloseTo(zoomed.span, -1);
        await canvas.press("ArrowLeft");
        await canvas.press("-");
        await canvas.press("0");
        expect((await state(page, 1)).span).toBe(start.span);
        await canvas.press("n");
        expect(await state(page, 1)).toMatchObject({ anomaly: 1 });
        await canvas.press("n");
        expect(await state(page, 1)).toMatchObject({ anomaly: 0 });
        await canvas.press("p");
        expect(await state(page, 1)).toMatchObject({ anomaly: 1 });
        await canvas.press("Escape");
        expect(await state(page, 1)).toMatchObject({ anomaly: -1, selected: "" });
        await canvas.press(".");
        await canvas.press(".");
        await canvas.press(".");
        await canvas.press(",");
        expect((await state(page, 1)).selected).toBe("1");
        expect(complaints).toEqual([]);
        await close();
      });

      test("the wheel zooms around the pointer, a drag pans, and neither selects", async () => {
        const { page, complaints, close } = await open(browser, html());
        const canvas = page.locator("#exhibit-1 [data-part=canvas]");
        await canvas.scrollIntoViewIfNeeded();
        const box = await canvas.boundingBox();
        if (box === null) throw new Error("the canvas has no place");
        const start = await state(page, 1);
        await page.mouse.move(box.x + box.width / 2, box.y + 20);
        await page.mouse.wheel(0, -300);
        await expect.poll(async () => (await state(page, 1)).span).toBeLessThan(start.span);
        const zoomed = await state(page, 1);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width / 2 - 150, box.y + 20, { steps: 4 });
        await page.mouse.up();
        const dragged = await state(page, 1);
        expect(dragged.fromUs).toBeGreaterThan(zoomed.fromUs);
        expect(dragged.selected).toBe("");
        expect(complaints).toEqual([]);
        await close();
      });

      test("the minimap moves what is shown, and the filters say which operations keys step through", async () => {
        const { page, complaints, close } = await open(browser, html());
        const canvas = page.locator("#exhibit-1 [data-part=canvas]");
        for (const key of "+++") await canvas.press(key);
        const start = await state(page, 1);
        await page.locator("#exhibit-1 [data-part=minimap]").scrollIntoViewIfNeeded();
        const box = await page.locator("#exhibit-1 [data-part=minimap]").boundingBox();
        if (box === null) throw new Error("the minimap has no place");
        await page.mouse.click(box.x + box.width * 0.9, box.y + box.height / 2);
        const later = await state(page, 1);
        expect(later.fromUs).toBeGreaterThan(start.fromUs);
        await page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width * 0.3, box.y + box.height / 2, { steps: 3 });
        await page.mouse.up();
        expect((await state(page, 1)).fromUs).toBeLessThan(later.fromUs);
        const minimap = page.locator("#exhibit-1 [data-part=minimap]");
        await minimap.press("End");
        const end = await state(page, 1);
        expect(end.fromUs).toBeGreaterThan(later.fromUs);
        await minimap.press("ArrowLeft");
        expect((await state(page, 1)).fromUs).toBeLessThan(end.fromUs);
        await minimap.press("Home");
        expect((await state(page, 1)).fromUs).toBeLessThanOrEqual(0);
        expect(await minimap.getAttribute("aria-valuetext")).toMatch(/ to .* of /);
        const written = whole.events.filter(
          (event) =>
            event.e === "invoke" &&
            event.f === "write" &&
            event.client === "c2" &&
            event.key === "k1",
        );
        for (const [part, value] of [
          ["f", "write"],
          ["client", "c2"],
          ["key", "k1"],
        ] as const)
          await page.locator(`#exhibit-1 [data-part=${part}]`).selectOption(value);
        await canvas.press(".");
        await canvas.press(".");
        expect((await state(page, 1)).selected).toBe(
          String(written[1]?.e === "invoke" ? written[1].op : ""),
        );
        expect(complaints).toEqual([]);
        await close();
      });

      test("a file is downloaded as it went in", async () => {
        const { page, complaints, close } = await open(browser, html());
        const downloading = page.waitForEvent("download");
        await page.locator("#e1-files > summary").click();
        await page.locator("#exhibit-1 [data-file='history.jsonl']").click();
        const text = readFileSync(await (await downloading).path(), "utf8");
        expect(text).toBe(whole.events.map((event) => `${JSON.stringify(event)}\n`).join(""));
        expect(complaints.filter((complaint) => !complaint.startsWith("request: blob:"))).toEqual(
          [],
        );
        await close();
      });

      test("links lead to an operation's place, also when the page is opened with one", async () => {
        const { page, complaints, close } = await open(browser, html(), { link: "#e1-op5" });
        expect((await state(page, 1)).selected).toBe("5");
        const op = shrunk.verdict.guarantees["regular-stamped"]?.anomalies[0]?.operations[0];
        await page.locator("#why .anomalies a.op").first().click();
        expect((await state(page, 0)).selected).toBe(String(op));
        await page.locator("#exhibit-0 [data-part=canvas]").press("Escape");
        await page.locator("#why .anomalies a.op").first().click();
        expect((await state(page, 0)).selected).toBe(String(op));
        await page.locator("#e1-anomalies > summary").click();
        await page.locator("#exhibit-1 .anomalies a.show").first().click();
        expect((await state(page, 1)).anomaly).toBe(0);
        expect(complaints).toEqual([]);
        await close();
      });
    });

    test("the first screen of 1280×800 holds the verdict, the smallest case and the replay command", async () => {
      const { page, close } = await open(
        browser,
        source.renderHtml(campaign("invalid"), [shrunk, whole]),
        { viewport: { width: 1280, height: 800 } },
      );
      for (const part of [".verdict", ".case .steps", ".case .space-time", "[data-copy=replay]"]) {
        const box = await page.locator(part).boundingBox();
        expect((box?.y ?? Infinity) + (box?.height ?? 0), part).toBeLessThanOrEqual(800);
      }
      await close();
    });

    test("the table of contents stays in view, and its links open what they lead to", async () => {
      const { page, complaints, close } = await open(
        browser,
        source.renderHtml(campaign("invalid"), [shrunk, whole]),
      );
      await page.locator('.contents a[href="#setting"]').click();
      // The browser scrolls and opens the part only some frames after the click.
      await page.locator("#setting > details[open]").waitFor();
      await expect.poll(async () => (await page.locator(".contents").boundingBox())?.y).toBe(0);
      expect(complaints).toEqual([]);
      await close();
    });

    test("the copy button copies the replay command", async () => {
      const { page, complaints, close } = await open(
        browser,
        source.renderHtml(campaign("invalid"), []),
        { permissions: ["clipboard-read", "clipboard-write"] },
      );
      await page.locator("[data-copy=replay]").click();
      await page.getByText("Copied ✓").waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
        campaign("invalid").replay,
      );
      expect(complaints).toEqual([]);
      await close();
    });

    test.each(["light", "dark"] as const)(
      "draws in %s colours, and text stands out from its ground",
      async (colorScheme) => {
        const { page, complaints, close } = await open(
          browser,
          source.renderHtml(campaign("invalid"), [whole]),
          { colorScheme },
        );
        await state(page, 0);
        const brightness = (colour: string): number =>
          (colour.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part) / 3, 0);
        const style = await page.evaluate(() => ({
          ground: getComputedStyle(document.body).backgroundColor,
          ink: getComputedStyle(document.body).color,
        }));
        const [ground, ink] = [brightness(style.ground), brightness(style.ink)];
        expect(ground > ink).toBe(colorScheme === "light");
        expect(Math.abs(ground - ink)).toBeGreaterThan(150);
        // The margin of the canvas has the colour of the page, so it also changes with the colour scheme.
        const canvas = await page
          .locator("[data-part=canvas]")
          .evaluate(
            (element: HTMLCanvasElement) =>
              element.getContext("2d")?.getImageData(3, 3, 1, 1).data[0] ?? -1,
          );
        expect(canvas > 128).toBe(colorScheme === "light");
        expect(complaints).toEqual([]);
        await close();
      },
    );

    test("hostile values are shown as text", async () => {
      const { page, complaints, close } = await open(
        browser,
        source.renderHtml(hostileCampaign(), [hostileExhibit()]),
      );
      const canvas = page.locator("[data-part=canvas]");
      await canvas.focus();
      // These keys visit every anomaly and operation, so that every value is shown in the panel and on the canvas.
      for (const key of "n n n n n n n n Escape . . . . . . . 0 + + +".split(" "))
        await canvas.press(key);
      expect(await page.locator(".panel").innerText()).toContain("<img src=x onerror=");
      expect(await page.locator(".panel").innerText()).toContain("safe\\u202eevil");
      expect(await page.locator("img, b, iframe, object, [onload], [onerror]").count()).toBe(0);
      expect(await page.title()).toMatch(/^invalid – quorate/);
      expect(complaints).toEqual([]);
      await close();
    });

    test("the JUnit file is well-formed XML whatever a history holds", async () => {
      const { page, close } = await open(browser, source.renderHtml(campaign("valid"), []));
      const read = await page.evaluate((text) => {
        const document = new DOMParser().parseFromString(text, "application/xml");
        return {
          errors: document.querySelectorAll("parsererror").length,
          root: document.documentElement.tagName,
          version: document.querySelector("property[name=version]")?.getAttribute("value"),
        };
      }, source.renderJunit(hostileCampaign()));
      expect(read).toEqual({ errors: 0, root: "testsuites", version: markupValue });
      await close();
    });

    test("nothing overflows a narrow screen", async () => {
      const { page, complaints, close } = await open(
        browser,
        source.renderHtml(campaign("invalid"), [shrunk, whole]),
        { viewport: { width: 380, height: 700 } },
      );
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        380,
      );
      expect(complaints).toEqual([]);
      await close();
    });

    test.each([380, 1280])("texts of 20 KB fit a screen %i wide", async (width) => {
      const { page, complaints, close } = await open(
        browser,
        source.renderHtml(longCampaign(), [longExhibit()]),
        { viewport: { width, height: 700 } },
      );
      // Opens all folded parts, since a user may open them too.
      await page.evaluate(() =>
        document.querySelectorAll("details").forEach((details) => (details.open = true)),
      );
      const tooWide = await page.evaluate(
        ({ most, widestTable }) =>
          [document.documentElement, ...document.querySelectorAll("body :not(svg *)")]
            // A wide table scrolls inside of its own box.
            .filter((element) => element.getBoundingClientRect().width > most + widestTable)
            .map(({ tagName, className }) => `${tagName} ${className}`),
        { most: width, widestTable: 3_000 },
      );
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        width,
      );
      expect([...new Set(tooWide)]).toEqual([]);
      expect(complaints).toEqual([]);
      await close();
    });

    test("10,000 operations: drawn, found by a click, and gone through by keys", async () => {
      const many = exhibit({ ...large, operations: 10_000, clients: 10, title: "Ten thousand" });
      const { page, complaints, close } = await open(
        browser,
        source.renderHtml(campaign("invalid"), [many]),
      );
      await page.locator("[data-action=next]").click();
      const op = many.verdict.guarantees["regular-stamped"]?.anomalies[0]?.operations[2] ?? -1;
      const { x, y } = await placeOf(page, 0, many, op);
      await page.mouse.click(x, y);
      expect((await state(page, 0)).selected).toBe(String(op));
      await page.locator("[data-part=canvas]").press(".");
      expect((await state(page, 0)).selected).not.toBe(String(op));
      expect(complaints).toEqual([]);
      await close();
    });
  },
);
