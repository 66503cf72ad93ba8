/// <reference lib="dom" />
/** Opens reports in headless Chromium, if this machine has it. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { buildTrace } from "../../reports/trace/trace.ts";
import { findGaps } from "../../reports/page/gaps.ts";
import { createLayout } from "../../reports/page/layout.ts";
import { createView } from "../../reports/page/view.ts";
import type { Exhibit } from "../../reports/index.ts";

export const missing = "no chromium on this machine; on Debian: apt-get install chromium";

export function chromiumPath(): string | undefined {
  try {
    return execFileSync("sh", ["-c", "command -v chromium || command -v chromium-browser"], {
      encoding: "utf8",
    }).trim();
  } catch {
    return undefined;
  }
}

export const launch = (executablePath: string): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--no-first-run",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

export interface Opened {
  readonly page: Page;
  /**
   * All messages of the console, errors of the page, dialogs, and requests other than the one for the report's file.
   */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

export async function open(
  browser: Browser,
  html: string,
  { link = "", ...options }: BrowserContextOptions & { readonly link?: string } = {},
): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), "quorate-report-"));
  const file = join(folder, "report.html");
  writeFileSync(file, html);
  const url = pathToFileURL(file).href;
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== url)
      complaints.push(`request: ${request.url().slice(0, 200)}`);
  });
  await page.goto(`${url}${link}`);
  await page.locator('html[data-ready="true"]').waitFor();
  return {
    page,
    complaints,
    close: async () => {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The state of a timeline, which it writes to its data attributes. */
export async function state(
  page: Page,
  place: number,
): Promise<{
  readonly span: number;
  readonly fromUs: number;
  readonly selected: string;
  readonly anomaly: number;
  readonly shortened: boolean;
}> {
  // The timeline draws at the next frame, so it has finished after two frames.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
  const data: Record<string, string | undefined> = await page
    .locator(`#exhibit-${place} [data-trace]`)
    .evaluate((element: HTMLElement) => ({ ...element.dataset }));
  return {
    fromUs: Number(data["fromUs"]),
    span: Number(data["toUs"]) - Number(data["fromUs"]),
    selected: data["selected"] ?? "",
    anomaly: Number(data["anomaly"]),
    shortened: data["shortened"] === "true",
  };
}

/** The position of an operation on the canvas. */
export async function placeOf(
  page: Page,
  place: number,
  exhibit: Exhibit,
  op: number,
): Promise<{ readonly x: number; readonly y: number }> {
  const { trace } = buildTrace(exhibit);
  const operation = trace.operations.find((candidate) => candidate.op === op);
  const layout = createLayout(trace);
  const lane = operation && layout.lane("client", operation.client);
  const { fromUs, span, shortened } = await state(page, place);
  const view = createView(trace.endUs, findGaps(trace), trace.fromUs);
  view.shorten(shortened);
  view.show(fromUs, fromUs + span);
  const canvas = page.locator(`#exhibit-${place} [data-part=canvas]`);
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  if (operation === undefined || lane === undefined || box === null)
    throw new Error(`operation ${op} is not on timeline ${place}`);
  const plot = box.width - layout.gutter;
  const middle =
    (view.x(operation.startUs, plot) + view.x(operation.endUs ?? operation.startUs, plot)) / 2;
  return { x: box.x + layout.gutter + middle, y: box.y + lane.top + lane.height / 2 };
}
