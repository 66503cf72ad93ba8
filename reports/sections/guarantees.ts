/** Each guarantee: promised or only observed, how often judged, and how it fared. */
import type { Campaign, GuaranteeTotals } from "../campaign.ts";
import { type Markup, markup } from "../markup.ts";
import { byReason, fared, number, share, showed, signs, totalsOf } from "../report-messages.ts";

export function guaranteesSection(campaign: Campaign): Markup {
  const promised = totalsOf(campaign, true);
  const others = totalsOf(campaign, false);
  const observed = others.filter(([, totals]) => totals.verdict !== "not-applicable");
  const inapplicable = others.filter(([, totals]) => totals.verdict === "not-applicable");
  const histories = campaign.histories.length;
  return markup`<section id="guarantees">
<h2>Guarantees</h2>
${promised.length === 0 && markup`<p class="warning">Nothing was promised, so nothing could be broken: this verdict is worth nothing.</p>`}
<div class="wide">
${promised.length > 0 && promisedTable(promised, histories)}
${observed.length > 0 && observedTable(observed, histories)}
</div>
${inapplicable.length > 0 && markup`<p class="quiet">Not applicable here:</p><ul class="quiet">${byReason(inapplicable).map(([reason, rows]) => markup`<li>${rows.map(([name, { meaning }], index) => markup`${index > 0 && ", "}<span title="${meaning}">${name}</span>`)}${reason !== "" && `: ${reason}`}</li>`)}</ul>`}
</section>`;
}

type Rows = ReturnType<typeof totalsOf>;

function promisedTable(rows: Rows, histories: number): Markup {
  // Settings differ from history to history, so one that is promised in some may only be observed in others.
  const elsewhere = rows.some(([, totals]) => totals.observed.judgedIn > 0);
  return markup`<table class="guarantees"><caption><strong>Promised</strong> <span class="quiet">must hold, or the run is invalid; figures are numbers of histories</span></caption>
<thead><tr><th scope="col">verdict</th><th scope="col">guarantee</th>${figureHead("promised", "histories that promised it")}${figureHead("judged", "of those, really judged")}${figureHead("broken", "of those, broken")}${
    elsewhere && [
      figureHead("observed", "histories that did not promise it, but judged it all the same"),
      figureHead("did not hold", "of those; this breaks no promise"),
    ]
  }</tr></thead>
<tbody>${rows.map(
    ([name, totals]) =>
      markup`<tr><td><span class="badge ${totals.verdict}">${signs[totals.verdict]} ${fared[totals.verdict]}</span></td>${nameCell(name, totals)}${figure(totals.promisedIn, histories)}${figure(totals.judgedIn, totals.promisedIn)}${figure(totals.brokenIn, totals.judgedIn)}${
        elsewhere && [
          figure(totals.observed.judgedIn, histories),
          figure(totals.observed.brokenIn, totals.observed.judgedIn),
        ]
      }</tr>`,
  )}</tbody></table>`;
}

function observedTable(rows: Rows, histories: number): Markup {
  return markup`<table class="guarantees"><caption><strong>Observed</strong> <span class="quiet">not promised by these settings: measured, never counted</span></caption>
<thead><tr><th scope="col">what was seen</th><th scope="col">guarantee</th>${figureHead("judged", "histories in which it was judged")}${figureHead("did not hold", "of those; this breaks no promise")}</tr></thead>
<tbody>${rows.map(
    ([name, totals]) =>
      markup`<tr><td><span class="badge observed">${signs[totals.verdict]} ${showed[totals.verdict]}</span></td>${nameCell(name, totals)}${figure(totals.judgedIn, histories)}${figure(totals.brokenIn, totals.judgedIn)}</tr>`,
  )}</tbody></table>`;
}

const nameCell = (name: string, { meaning, inapplicable }: GuaranteeTotals): Markup =>
  markup`<th scope="row" title="${meaning}">${name}<span class="meaning">${meaning}${inapplicable !== undefined && ` (${inapplicable})`}</span></th>`;

const figureHead = (name: string, meaning: string): Markup =>
  markup`<th scope="col" class="figure" title="${meaning}">${name}</th>`;

const figure = (part: number, whole: number): Markup =>
  markup`<td class="figure" title="${share(part, whole)} of ${number(whole)}">${number(part)}</td>`;
