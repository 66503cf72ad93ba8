/**
 * Renders report.html: one file that opens without a network and says what happened, why, where, and how to run the
 * campaign again.
 */
import { createHash } from "node:crypto";
import { pageScript, styleSheet } from "./assets.ts";
import type { Campaign, Exhibit } from "./campaign.ts";
import { type ExhibitView, viewOf } from "./exhibit-view.ts";
import { clip, type Insertable, type Markup, markup, trusted } from "./markup.ts";
import { bareAnomalies } from "./sections/anomalies.ts";
import { exhibitSection } from "./sections/exhibit.ts";
import { findingsSection } from "./sections/findings.ts";
import { firstScreen } from "./sections/first-screen.ts";
import { contents, fold } from "./sections/fold.ts";
import { guaranteesSection } from "./sections/guarantees.ts";
import { readingSection } from "./sections/reading.ts";
import { settingSection } from "./sections/setting.ts";
import { untestedSection } from "./sections/untested.ts";
import { whySection } from "./sections/why.ts";
import { worthSection } from "./sections/worth.ts";
import { showsFailure } from "./report-messages.ts";

/**
 * Renders one self-contained HTML file. Nothing in a history can become markup or script. The page's policy allows only
 * the page's own script and style, and no requests. Exhibits appear in the given order. If a promise was broken, the
 * first exhibit is the smallest case that was found, which the first screen shows.
 */
export function renderHtml(campaign: Campaign, exhibits: readonly Exhibit[]): string {
  const drawn = exhibits.map((exhibit, place) => draw(exhibit, place, campaign));
  const first = drawn[0]?.view;
  const why = first && showsFailure(campaign) ? whySection(campaign, first) : undefined;
  const findings = findingsSection(campaign);
  return page(
    `${campaign.verdict} – quorate, seed ${campaign.seed}`,
    markup`${contents([
      ["Verdict", "verdict"],
      ["Guarantees", "guarantees"],
      ...(why === undefined ? [] : [["Why it happened", "why"] as const]),
      ...(findings === undefined ? [] : [["All findings", "findings"] as const]),
      ...drawn.map(({ place }) => [labelOf(exhibits[place]), `exhibit-${place}`] as const),
      ...(first === undefined ? [] : [["Timeline", "e0-timeline"] as const]),
      ["What was not tested", "untested"],
      ["What the run covered", "worth"],
      ["What was run", "setting"],
      ["How to read", "reading"],
    ])}
<main>
${firstScreen(campaign, first)}
${guaranteesSection(campaign)}
${why}
${findings}
${exhibits.length === 0 && campaign.anomalies.length > 0 && withoutExhibit(campaign)}
${drawn.map(({ section }) => section)}
${untestedSection(campaign, first)}
${worthSection(campaign)}
${settingSection(campaign, exhibits)}
${readingSection()}
</main>
<footer><p class="quiet">quorate ${campaign.version}. This file is complete in itself: it makes no request.
The data it shows is in campaign.json and the histories’ folders beside it.</p></footer>`,
  );
}

/** A short form of the exhibit's title for the table of contents. */
function labelOf(exhibit: Exhibit | undefined): string {
  const title = exhibit?.title ?? "";
  if (title.startsWith("The smallest")) return "Smallest history";
  if (title.startsWith("Another failure")) return "Another failure";
  return /\bwhole\b/.test(title) ? "Whole history" : "History";
}

/** A page with its script, its style, and a Content-Security-Policy that allows nothing else. */
export function page(title: string, body: Insertable): string {
  const policy = `default-src 'none'; script-src ${hash(pageScript)}; style-src ${hash(styleSheet)}; base-uri 'none'; form-action 'none'`;
  return markup`${trusted("<!doctype html>")}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(styleSheet)}</style>
</head>
<body>
${body}
<script>${trusted(pageScript)}</script>
</body>
</html>
`.text;
}

const withoutExhibit = (campaign: Campaign): Markup =>
  fold(
    { id: "why", title: "What happened", open: true },
    markup`${bareAnomalies(campaign.anomalies)}<p class="quiet">No history was kept, so there is no timeline.</p>`,
  );

/**
 * Draws one history. If this fails, the page says what went wrong and still shows the verdict and the other histories.
 */
function draw(
  exhibit: Exhibit,
  place: number,
  campaign: Campaign,
): { readonly place: number; readonly section: Markup; readonly view?: ExhibitView } {
  try {
    const view = viewOf(exhibit, place);
    const isExplained = place === 0 && showsFailure(campaign);
    const shrunk = place === 0 ? campaign.shrunk : undefined;
    return { place, view, section: exhibitSection(view, { shrunk, isExplained }) };
  } catch (error) {
    return {
      place,
      section: fold(
        { id: `exhibit-${place}`, title: exhibit.title, open: true },
        markup`<p class="warning">This history could not be drawn: ${clip(error instanceof Error ? error.message : String(error), 500)}. Its verdict and its files in the run’s folder are not affected. Please report this error.</p>`,
      ),
    };
  }
}

const hash = (text: string): string =>
  `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
