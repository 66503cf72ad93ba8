/// <reference lib="dom" />
/**
 * The code that runs when the report is opened. esbuild bundles this file and its imports into the page (assets.ts).
 */
import type { PackedTrace, Trace } from "../trace/trace-shape.ts";
import { offerDownloads } from "./download.ts";
import { createTimeline, type Timeline } from "./timeline.ts";
import { unpack } from "./unpack.ts";
import { fromTable } from "./unpacked-table.ts";

/** Opens the folded parts around an element, and the part that the element itself folds. */
function unfold(element: Element | null): void {
  element?.querySelector<HTMLDetailsElement>(":scope > details")?.setAttribute("open", "");
  for (
    let around = element?.closest("details");
    around !== null && around !== undefined;
    around = around.parentElement?.closest("details")
  )
    around.open = true;
}

/** Opens all folded parts while the page is printed. */
function unfoldForPrint(): void {
  let closed: readonly HTMLDetailsElement[] = [];
  window.addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll<HTMLDetailsElement>("details:not([open])")];
    for (const details of closed) details.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
  });
}

async function startPage(): Promise<void> {
  const timelines = new Map<string, Timeline>();
  for (const element of document.querySelectorAll<HTMLElement>("[data-trace]")) {
    const name = element.dataset["trace"] ?? "";
    const data = await unpack(`trace-${name}`);
    if (data === undefined) continue;
    timelines.set(name, createTimeline(element, traceOf(JSON.parse(data) as PackedTrace)));
  }

  function traceOf(packed: PackedTrace): Trace {
    // The rows have the types of the rows from which trace/packed-table.ts made the tables.
    const rows = {
      operations: fromTable(packed.operations),
      messages: fromTable(packed.messages),
      syncs: fromTable(packed.syncs),
    };
    return { ...packed, ...rows } as unknown as Trace;
  }

  /**
   * Goes to the target of a link such as #e0-op12 (operation 12 of the first exhibit) or #e0-anomaly1 (the exhibit's
   * second anomaly). Users can share these links.
   */
  function follow(): void {
    const target = document.getElementById(location.hash.slice(1));
    if (target !== null) {
      unfold(target);
      target.scrollIntoView({ block: "start" });
      return;
    }
    const link = /^#e(\d+)-(op|anomaly)(\d+)$/.exec(location.hash);
    const timeline = timelines.get(link?.[1] ?? "");
    if (link === null || timeline === undefined) return;
    unfold(timeline.element);
    const number = Number(link[3]);
    if (link[2] === "op") timeline.select(number);
    else timeline.showAnomaly(number);
    timeline.element.scrollIntoView({ block: "start" });
  }
  window.addEventListener("hashchange", follow);
  // A second click on the same link fires no hashchange event.
  document.addEventListener("click", (event) => {
    const link =
      event.target instanceof Element
        ? event.target.closest<HTMLAnchorElement>('a[href^="#"]')
        : null;
    if (link !== null && link.getAttribute("href") === location.hash) follow();
  });
  follow();

  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    button.addEventListener("click", () => {
      const source = document.getElementById(button.dataset["copy"] ?? "");
      const done = (word: string): void => {
        button.textContent = word;
        setTimeout(() => (button.textContent = "Copy"), 2_000);
      };
      const select = (): void => {
        if (source !== null) getSelection()?.selectAllChildren(source);
        done("Selected: press Ctrl+C");
      };
      if (navigator.clipboard === undefined) select();
      else
        navigator.clipboard
          .writeText(source?.textContent ?? "")
          .then(() => done("Copied ✓"), select);
    });
  }
  unfoldForPrint();
  offerDownloads();
  document.documentElement.dataset["ready"] = "true";
}

void startPage();
