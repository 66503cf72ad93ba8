/** report.html: one file that opens without a network and answers, in this order, what happened, why, where, and how to run it again. */
import { createHash } from "node:crypto";
import { pageScript, styleSheet } from "./assets.ts";
import type { Campaign, Exhibit } from "./campaign.ts";
import { clip, type Markup, markup, trusted } from "./markup.ts";
import { bareAnomalies } from "./sections/anomalies.ts";
import { exhibitSection } from "./sections/exhibit.ts";
import { guaranteesSection } from "./sections/guarantees.ts";
import { settingSection } from "./sections/setting.ts";
import { verdictSection } from "./sections/verdict.ts";
import { worthSection } from "./sections/worth.ts";

/**
 * One self-contained HTML file. Nothing that a history contains can become markup or script, and the page's policy allows no
 * script or style but its own, and no request at all. Exhibits are shown in their order; where the campaign was shrunk, the first
 * is the smallest failing history, and is told step by step.
 */
export function renderHtml(campaign: Campaign, exhibits: readonly Exhibit[]): string {
  const policy = `default-src 'none'; script-src ${hash(pageScript)}; style-src ${hash(styleSheet)}; base-uri 'none'; form-action 'none'`;
  return markup`${trusted("<!doctype html>")}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${campaign.verdict} – quorate, seed ${campaign.seed}</title>
<style>${trusted(styleSheet)}</style>
</head>
<body>
<main>
${verdictSection(campaign)}
${settingSection(campaign, exhibits)}
${guaranteesSection(campaign)}
${exhibits.length === 0 && campaign.anomalies.length > 0 && withoutExhibit(campaign)}
${exhibits.map((exhibit, place) => drawn(exhibit, place, place === 0 ? campaign.shrunk : undefined))}
${worthSection(campaign)}
</main>
<footer><p class="quiet">quorate ${campaign.version}. This file is complete in itself: it makes no request. The data it shows is in campaign.json and the histories’ folders beside it.</p></footer>
<script>${trusted(pageScript)}</script>
</body>
</html>
`.text;
}

const withoutExhibit = (campaign: Campaign): Markup =>
  markup`<section><h2>What happened</h2>${bareAnomalies(campaign.anomalies)}<p class="quiet">No history was kept, so there is no timeline.</p></section>`;

/** A history that cannot be drawn must not take the verdict and the others with it: the page says what went wrong. */
function drawn(exhibit: Exhibit, place: number, shrunk: Campaign["shrunk"]): Markup {
  try {
    return exhibitSection(exhibit, place, shrunk);
  } catch (error) {
    return markup`<section id="exhibit-${place}"><h2>${exhibit.title}</h2><p class="warning">This history could not be drawn: ${clip(error instanceof Error ? error.message : String(error), 500)}. Its verdict and its files in the run’s folder stand; please report this.</p></section>`;
  }
}

const hash = (text: string): string =>
  `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
