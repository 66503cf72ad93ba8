/** Each guarantee: promised or only observed, how often judged, and how it fared. */
import type { Campaign } from "../campaign.ts";
import { type Markup, markup } from "../markup.ts";
import { fared, number, share, signs, totalsOf } from "../words.ts";

export function guaranteesSection(campaign: Campaign): Markup {
  const promised = totalsOf(campaign, true);
  const observed = totalsOf(campaign, false);
  return markup`<section id="guarantees">
<h2>Guarantees</h2>
${promised.length === 0 && markup`<p class="warning">Nothing was promised, so nothing could be broken: this verdict is worth nothing.</p>`}
<div class="wide">
${promised.length > 0 && table("Promised", "must hold, or the run is invalid", promised, campaign.histories.length)}
${observed.length > 0 && table("Observed", "not promised by these settings: measured, never counted", observed, campaign.histories.length)}
</div></section>`;
}

function table(caption: string, note: string, rows: ReturnType<typeof totalsOf>, histories: number): Markup {
  return markup`<table class="guarantees"><caption><strong>${caption}</strong> <span class="quiet">${note}</span></caption>
<thead><tr><th scope="col">verdict</th><th scope="col">guarantee</th><th scope="col" class="figure">promised in</th><th scope="col" class="figure">judged in</th><th scope="col" class="figure">broken in</th></tr></thead>
<tbody>${rows.map(
    ([name, totals]) => markup`<tr class="${totals.verdict}"><td><span class="badge ${caption === "Observed" ? "observed" : ""} ${totals.verdict}">${signs[totals.verdict]} ${fared[totals.verdict]}</span></td>
<th scope="row" title="${totals.meaning}">${name}<span class="meaning">${totals.meaning}</span></th><td class="figure">${number(totals.promisedIn)}</td><td class="figure" title="of ${histories} histories: ${share(totals.judgedIn, histories)}">${number(totals.judgedIn)}</td><td class="figure">${number(totals.brokenIn)}</td></tr>`,
  )}</tbody></table>`;
}
