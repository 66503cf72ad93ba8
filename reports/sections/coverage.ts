/**
 * Shows which operations met which faults, the settings that plans drew, what never happened, and how to cover more.
 */
import type { Campaign, Coverage } from "../campaign.ts";
import { type Markup, markup } from "../markup.ts";
import { anyOf, count, number } from "../report-messages.ts";

/** The tables of faults and settings, and suggestions for further runs. */
export function coverageTables(campaign: Campaign, coverage: Coverage): Markup {
  return markup`${faultTable(campaign, coverage)}${settingTable(coverage)}${furtherTests(campaign, coverage)}`;
}

const cell = (amount: number | undefined): Markup =>
  amount === undefined || amount === 0
    ? markup`<td class="figure"><em>never</em></td>`
    : markup`<td class="figure">${number(amount)}</td>`;

function faultTable({ faults }: Campaign, { tried, met }: Coverage): Markup {
  const functions = Object.keys(tried).sort((a, b) => (tried[b] ?? 0) - (tried[a] ?? 0));
  const kinds = [...new Set([...Object.keys(faults), ...Object.keys(met)])].sort((a, b) =>
    a.localeCompare(b, "en"),
  );
  return markup`<div class="wide" tabindex="0" role="group" aria-label="Table"><table><caption>Faults and the operations that they met: operations on a key that the fault touched, while the fault lasted</caption>
<thead><tr><th scope="col">fault</th><th scope="col" class="figure">injected</th>${functions.map((f) => markup`<th scope="col" class="figure">${f}</th>`)}</tr></thead>
<tbody><tr><th scope="row">all operations</th><td></td>${functions.map((f) => cell(tried[f]))}</tr>
${kinds.map((kind) => markup`<tr><th scope="row">${kind}</th>${cell(faults[kind]?.injected)}${functions.map((f) => cell(met[kind]?.[f]))}</tr>`)}</tbody></table></div>`;
}

/** The table of settings, with only those that could differ between histories. */
function settingTable({ settings }: Coverage): Markup | undefined {
  const rows = Object.entries(settings).filter(([, values]) => Object.keys(values).length > 1);
  if (rows.length === 0) return undefined;
  const met = (values: Readonly<Record<string, number>>): string =>
    Object.entries(values)
      .filter(([, histories]) => histories > 0)
      .sort(([, a], [, b]) => b - a)
      .map(([value, histories]) => `${value} (${number(histories)})`)
      .join(", ");
  return markup`<div class="wide" tabindex="0" role="group" aria-label="Table"><table><caption>Settings that the plans drew, and in how many histories</caption>
<thead><tr><th scope="col">setting</th><th scope="col">values met</th><th scope="col">never met</th></tr></thead>
<tbody>${rows.map(([name, values]) => markup`<tr><th scope="row">${name}</th><td>${met(values)}</td><td>${neverMet(values).join(", ") || "–"}</td></tr>`)}</tbody></table></div>`;
}

const neverMet = (values: Readonly<Record<string, number>>): readonly string[] =>
  Object.keys(values).filter((value) => values[value] === 0);

/** Suggests flags that make the next run cover what this run did not cover. */
function furtherTests(campaign: Campaign, coverage: Coverage): Markup {
  const { faults, histories } = campaign;
  const { tried, met, settings } = coverage;
  const used = Object.keys(tried).filter((f) => (tried[f] ?? 0) > 0);
  const absent = Object.keys(met).filter((kind) => (faults[kind]?.injected ?? 0) === 0);
  const partly = Object.keys(met).filter(
    (kind) => !absent.includes(kind) && used.some((f) => (met[kind]?.[f] ?? 0) === 0),
  );
  const flags = Object.entries(settings).flatMap(([name, values]) =>
    neverMet(values).map((value) => `--set ${name}=${value}`),
  );
  const unused = Object.keys(tried).filter((f) => tried[f] === 0);
  const advice: readonly (Markup | false)[] = [
    absent.length + partly.length > 0 &&
      markup`<li>${absent.length > 0 && `No history had the fault ${anyOf(absent)}. `}${partly.length > 0 && `Some kinds of operation met no fault of the kind ${anyOf(partly)}. `}Add <code>--faults ${[...absent, ...partly].join(",")}</code>, or run more histories.</li>`,
    unused.length > 0 &&
      markup`<li>No client tried an operation of the kind ${anyOf(unused)}: run more histories, or take a target whose client can run such operations.</li>`,
    flags.length > 0 &&
      markup`<li>Some settings occurred in no history: add <code>${flags[0]}</code>${flags.length > 1 && ` (and ${count(flags.length - 1, "more value")} of the table)`}.</li>`,
    Object.keys(met).length === 0 &&
      markup`<li>The plans had no faults: add <code>--faults all</code>.</li>`,
    markup`<li>More histories find rarer failures: <code>--histories ${4 * Math.max(histories.length, 50)}</code>, with another <code>--seed</code>. A failure that 1 % of histories show is met by ${count(histories.length, "history", "histories")} with a chance of ${Math.round(100 * (1 - 0.99 ** histories.length))} %.</li>`,
  ];
  return markup`<h3>How to cover more</h3><ul>${advice}</ul>`;
}
