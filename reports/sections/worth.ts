/** Shows how hard the store was tried: how many operations succeeded, and how many overlapped faults. */
import type { Campaign } from "../campaign.ts";
import { type Markup, markup } from "../markup.ts";
import { count, number, share, neverInjected } from "../report-messages.ts";
import { spreadText } from "../spread.ts";
import { coverageTables } from "./coverage.ts";
import { fold } from "./fold.ts";

export function worthSection(campaign: Campaign): Markup {
  const { total, ok, fail, info } = campaign.operations;
  const outcomes: readonly (readonly [name: string, amount: number, meaning: string])[] = [
    ["ok", ok, "succeeded"],
    ["fail", fail, "definitely did not happen"],
    ["info", info, "indeterminate: may take effect at any later time"],
  ];
  const rest = total - ok - fail - info;
  const never = neverInjected(campaign);
  // For other verdicts, the first screen already shows the spread.
  const spread = campaign.verdict === "invalid" ? spreadText(campaign) : undefined;
  const injected = Object.entries(campaign.faults).filter(([, one]) => one.injected > 0);
  const faults = injected.sort(([a], [b]) => a.localeCompare(b, "en"));
  return fold(
    {
      id: "worth",
      title: "What the run covered",
      note: `${count(total, "operation")}, ${count(faults.length, "kind")} of fault`,
    },
    markup`<p class="quiet">A checker can judge only what happened. A run in which few operations succeed, or in which faults touch no operation, finds little.</p>
${spread !== undefined && markup`<p>Broadcasts: ${spread}.</p>`}
<div class="pair">
<div class="wide" tabindex="0" role="group" aria-label="Table"><table><caption>Operations</caption><thead><tr><th scope="col">outcome</th><th scope="col" class="figure">count</th><th scope="col" class="figure">share</th><td></td></tr></thead>
<tbody>${[
      ...outcomes,
      ...(rest > 0 ? [["open", rest, "had no completion when the history ended"] as const] : []),
    ].map(
      ([name, amount, meaning]) =>
        markup`<tr title="${meaning}"><th scope="row">${name}</th><td class="figure">${number(amount)}</td><td class="figure">${share(amount, total)}</td><td>${bar(amount, total, name)}</td></tr>`,
    )}</tbody></table></div>
${campaign.coverage === undefined && faultTable(faults)}</div>
${faults.length === 0 && markup`<p class="warning">No fault was injected, so this run shows only how the store behaves without faults.</p>`}
${never !== null && markup`<p class="warning">${never}.</p>`}
${campaign.coverage && coverageTables(campaign, campaign.coverage)}
${histories(campaign)}`,
  );
}

/** The table of faults for campaigns of earlier versions, which record no coverage. */
const faultTable = (
  faults: readonly (readonly [
    string,
    { readonly injected: number; readonly overlapped: number },
  ])[],
): Markup =>
  markup`<div class="wide" tabindex="0" role="group" aria-label="Table"><table><caption>Faults</caption><thead><tr><th scope="col">kind</th><th scope="col" class="figure">injected</th><th scope="col" class="figure" title="operations on a key that the fault touched, while the fault lasted">operations overlapped</th></tr></thead>
<tbody>${faults.map(([kind, { injected, overlapped }]) => markup`<tr><th scope="row">${kind}</th><td class="figure">${number(injected)}</td><td class="figure">${number(overlapped)}</td></tr>`)}</tbody></table></div>`;

const bar = (part: number, whole: number, kind: string): Markup =>
  markup`<svg class="bar" viewBox="0 0 100 10" width="100" height="10" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="10"/><rect class="fill-${kind}" width="${whole === 0 ? 0 : Math.round((1000 * part) / whole) / 10}" height="10"/></svg>`;

function histories(campaign: Campaign): Markup | undefined {
  if (campaign.histories.length === 0) return undefined;
  const order = { invalid: 0, unknown: 1, valid: 2 } as const;
  const rows = [...campaign.histories].sort(
    (a, b) => order[a.verdict] - order[b.verdict] || a.index - b.index,
  );
  const shown = rows.slice(0, 200);
  return markup`<details><summary>Histories</summary><div class="wide" tabindex="0" role="group" aria-label="Table"><table><thead><tr><th scope="col" class="figure">index</th><th scope="col">verdict</th><th scope="col" class="figure">operations</th><th scope="col">SHA-256 of history.jsonl</th><th scope="col">folder</th></tr></thead>
<tbody>${shown.map(
    (row) =>
      markup`<tr><td class="figure">${row.index}</td><td><span class="badge ${row.verdict}">${row.verdict}</span></td><td class="figure">${number(row.operations)}</td><td><code title="${row.hash}">${row.hash.slice(0, 16)}…</code></td><td>${row.folder ?? "not kept"}</td></tr>`,
  )}</tbody></table></div>${rows.length > shown.length && markup`<p class="quiet">${rows.length - shown.length} more are in campaign.json.</p>`}</details>`;
}
