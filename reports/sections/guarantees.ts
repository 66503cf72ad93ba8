/**
 * The guarantees: first those that broke or are unknown, with all figures, then those that held, in one line, then
 * those that were only observed or not applicable.
 */
import type { Campaign, GuaranteeTotals } from "../campaign.ts";
import { type Markup, markup } from "../markup.ts";
import { fared, judgedFrom, number, share, showed, signs, totalsOf } from "../report-messages.ts";
import { fold } from "./fold.ts";

type Rows = ReturnType<typeof totalsOf>;

export function guaranteesSection(campaign: Campaign): Markup {
  const promised = totalsOf(campaign, true);
  const others = totalsOf(campaign, false);
  const observed = others.filter(([, totals]) => totals.verdict !== "not-applicable");
  const inapplicable = others.filter(([, totals]) => totals.verdict === "not-applicable");
  const trouble = promised.filter(
    ([, { verdict }]) => verdict === "invalid" || verdict === "unknown",
  );
  const unjudged = promised.filter(([, { verdict }]) => verdict === "not-applicable");
  const held = promised.filter(([, { verdict }]) => verdict === "valid");
  const histories = campaign.histories.length;
  return fold(
    { id: "guarantees", title: "Guarantees", note: summary(promised), open: true },
    markup`${promised.length === 0 && markup`<p class="warning">No guarantee was promised, so no promise could be broken: this verdict tells nothing about the store.</p>`}
${trouble.length > 0 && table("Broken or unknown", "promised, so it must hold", trouble, histories, true)}
${unjudged.length > 0 && table("Not applicable", "promised, but no history had anything to judge it by", unjudged, histories, true)}
${
  held.length > 0 &&
  markup`<details class="held-list"><summary><span class="badge valid">✓ held</span> ${names(held)}</summary>
${table("Held", "promised, and it did hold", held, histories, true)}</details>`
}
${judgedFrom([...trouble, ...held, ...observed]).map((text) => markup`<p class="quiet">${text}.</p>`)}
${
  observed.length > 0 &&
  markup`<details class="held-list"><summary><span class="badge observed">○ observed</span>
${names(observed)}: not promised, so never counted</summary>
${table("Observed", "not promised under these settings and faults: measured, but never counted in the verdict", observed, histories, false)}</details>`
}
${
  inapplicable.length > 0 &&
  markup`<p class="quiet">Not applicable here: ${inapplicable.map(
    ([name, { meaning }], index) =>
      markup`${index > 0 && ", "}<span title="${meaning}">${name}</span>`,
  )}. <a href="#untested">What was not tested</a> says why.</p>`
}`,
  );
}

const names = (rows: Rows): string => rows.map(([name]) => name).join(", ");

function summary(promised: Rows): string {
  return (["invalid", "unknown", "valid", "not-applicable"] as const)
    .map(
      (verdict) => [verdict, promised.filter(([, totals]) => totals.verdict === verdict)] as const,
    )
    .filter(([, rows]) => rows.length > 0)
    .map(([verdict, rows]) => `${number(rows.length)} ${fared[verdict]}`)
    .join(", ");
}

/**
 * A table of guarantees. Its figures are numbers of histories. Settings differ between histories, so a guarantee may be
 * promised in one history and only observed in another.
 */
function table(
  caption: string,
  meaning: string,
  rows: Rows,
  histories: number,
  promised: boolean,
): Markup {
  const elsewhere = promised && rows.some(([, totals]) => totals.observed.judgedIn > 0);
  const head = promised
    ? [
        figureHead("promised", "histories in which the guarantee was promised"),
        figureHead("judged", "of those, histories in which the guarantee could be judged"),
        figureHead("broken", "of those, histories in which the guarantee was broken"),
      ]
    : [
        figureHead("judged", "histories in which the guarantee was judged"),
        figureHead(
          "did not hold",
          "of those, histories in which the guarantee did not hold, which breaks no promise",
        ),
      ];
  return markup`<div class="wide" tabindex="0" role="group" aria-label="${caption}"><table class="guarantees">
<caption><strong>${caption}</strong> <span class="quiet">${meaning}; figures count histories</span></caption>
<thead><tr><th scope="col">verdict</th><th scope="col">guarantee</th>${head}${
    elsewhere && [
      figureHead("observed", "histories in which the guarantee was judged, but not promised"),
      figureHead(
        "did not hold",
        "of those, histories in which the guarantee did not hold, which breaks no promise",
      ),
    ]
  }</tr></thead>
<tbody>${rows.map(([name, totals]) => row(name, totals, { histories, promised, elsewhere }))}</tbody></table></div>`;
}

function row(
  name: string,
  totals: GuaranteeTotals,
  {
    histories,
    promised,
    elsewhere,
  }: { readonly histories: number; readonly promised: boolean; readonly elsewhere: boolean },
): Markup {
  const { verdict, promisedIn, judgedIn, brokenIn, observed } = totals;
  const how = (promised ? fared : showed)[verdict];
  return markup`<tr><td><span class="badge ${promised ? verdict : "observed"}">${signs[verdict]} ${how}</span></td>
${nameCell(name, totals)}${promised && figure("promised", promisedIn, histories)}
${figure("judged", judgedIn, promised ? promisedIn : histories)}
${figure(promised ? "broken" : "did not hold", brokenIn, judgedIn)}
${
  elsewhere && [
    figure("observed", observed.judgedIn, histories),
    figure("did not hold", observed.brokenIn, observed.judgedIn),
  ]
}</tr>`;
}

const nameCell = (name: string, { meaning, inapplicable }: GuaranteeTotals): Markup =>
  markup`<th scope="row">${name}<span class="meaning">${meaning}${inapplicable !== undefined && ` (${inapplicable})`}</span></th>`;

const figureHead = (name: string, meaning: string): Markup =>
  markup`<th scope="col" class="figure" title="${meaning}">${name}</th>`;

/**
 * A table cell with the number `part`. On a narrow screen, where the table has no head, `label` stands before the
 * number.
 */
const figure = (label: string, part: number, whole: number): Markup =>
  markup`<td class="figure" data-label="${label}" title="${share(part, whole)} of ${number(whole)}">${number(part)}</td>`;
