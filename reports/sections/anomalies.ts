/** Describes anomalies in sentences, with each operation linked to its place on the timeline, if there is one. */
import type { Anomaly } from "../../checkers/index.ts";
import { anomaliesFound, type ExhibitView } from "../exhibit-view.ts";
import { clip, type Markup, markup } from "../markup.ts";
import { count, number } from "../report-messages.ts";

/** How many anomalies are shown unfolded. */
const shownFirst = 4;
const shownAtMost = 60;
/** The largest number of diagrams, since each takes much room. */
const diagramsAtMost = 6;

/** Draws an anomaly's diagram. Undefined: the anomaly has no diagram. */
export type Figures = (anomaly: Anomaly) => Markup | undefined;

/** The exhibit's index in the report, for links to its timeline. Undefined: the report has no timeline. */
type Place = number | undefined;

/**
 * Lists the history's anomalies: first those that break promises, then the others, folded. If `first`, the anomaly of
 * the page's first sentence, breaks a promise, the list begins with it.
 */
export function anomalyList(view: ExhibitView, figures: Figures, first?: Anomaly): Markup {
  const { anomalies, place, exhibit } = view;
  const all = anomalies.map((found, index) => ({ ...found, index }));
  const isFirst = ({ anomaly }: { readonly anomaly: Anomaly }): boolean =>
    anomaly.guarantee === first?.guarantee && anomaly.explanation === first.explanation;
  const promised = all
    .filter((found) => found.promised)
    .sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)));
  const unpromised = all.filter((found) => !found.promised);
  const same = unpromised.filter(({ anomaly }) =>
    promised.some((broken) => isSameFailure(anomaly, broken.anomaly)),
  );
  const others = unpromised.filter((found) => !same.includes(found));
  const othersFound = anomaliesFound(exhibit, false) - same.length;
  return markup`${promised.length > 0 && list(promised, anomaliesFound(exhibit, true), place, figures)}
${same.length > 0 && folded(sameFailure(same.length), list(same, same.length, place, figures))}
${others.length > 0 && folded(expected(othersFound), list(others, othersFound, place, figures))}`;
}

/**
 * Whether an anomaly of a guarantee that was not promised shows the failure that broke a promise: one of the two
 * anomalies names all operations of the other, and at least one. Such a failure is a bug, so the report must not call
 * it expected.
 */
function isSameFailure(unpromised: Anomaly, promised: Anomaly): boolean {
  const [fewer, more] =
    unpromised.operations.length < promised.operations.length
      ? [unpromised.operations, promised.operations]
      : [promised.operations, unpromised.operations];
  return fewer.length > 0 && fewer.every((operation) => more.includes(operation));
}

const sameFailure = (found: number): string =>
  found === 1
    ? "1 more anomaly of a guarantee that was not promised: it shares operations with a broken promise, so it shows the same failure"
    : `${number(found)} more anomalies of guarantees that were not promised: they share operations with broken promises, so they show the same failures`;

const expected = (found: number): string =>
  `${count(found, "more anomaly that breaks no promise", "more anomalies that break no promise")}: expected with these settings and faults`;

const folded = (
  summary: string,
  shown: Markup,
): Markup => markup`<details class="observed"><summary>${summary}</summary>
${shown}</details>`;

export function bareAnomalies(anomalies: readonly Anomaly[]): Markup {
  return list(
    anomalies.map((anomaly, index) => ({ anomaly, index })),
    anomalies.length,
    undefined,
    () => undefined,
  );
}

/** `total` is the number of all anomalies. `found` has fewer of them if there are many. */
function list(
  found: readonly { readonly anomaly: Anomaly; readonly index: number }[],
  total: number,
  place: Place,
  figures: Figures,
): Markup {
  const items = found
    .slice(0, shownAtMost)
    .map(({ anomaly, index }, position) =>
      item(anomaly, index, place, position < diagramsAtMost ? figures(anomaly) : undefined),
    );
  const later = items.slice(shownFirst);
  const more = count(total - shownFirst, "more anomaly", "more anomalies");
  const lost = total - found.length;
  return markup`<ol class="anomalies">${items.slice(0, shownFirst)}</ol>
${
  later.length > 0 &&
  markup`<details><summary>${more}</summary>
<ol class="anomalies" start="${shownFirst + 1}">${later}</ol></details>`
}
${found.length > shownAtMost && markup`<p class="quiet">${number(found.length - shownAtMost)} more are in verdict.json.</p>`}
${lost > 0 && markup`<p class="quiet">${number(lost)} more were found and counted, but not recorded.</p>`}`;
}

function item(anomaly: Anomaly, index: number, place: Place, figure: Markup | undefined): Markup {
  const operations = anomaly.operations.map((op) =>
    place === undefined
      ? markup`<span class="op">#${op}</span> `
      : markup`<a class="op" href="#e${place}-op${op}">#${op}</a> `,
  );
  return markup`<li><p><strong>${anomaly.guarantee}</strong>${anomaly.key !== undefined && markup` <span class="quiet">key <bdi>${clip(anomaly.key, 60)}</bdi></span>`}</p>
<p class="explanation">${clip(anomaly.explanation, 2_000)}</p>
${anomaly.because !== undefined && anomaly.because.length > 0 && markup`<ul class="because">${anomaly.because.map((sentence) => markup`<li>${clip(sentence, 1_000)}</li>`)}</ul>`}
<p class="operations">${anomaly.operations.length > 0 && markup`operations ${operations}`}${place !== undefined && markup`<a class="show" href="#e${place}-anomaly${index}">show on the timeline</a>`}</p>
${figure}</li>`;
}
