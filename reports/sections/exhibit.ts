/**
 * The section of one history: how it was shrunk, and foldable parts with its steps, timeline, keys, plots and files.
 */
import type { Campaign } from "../campaign.ts";
import { embeddedFiles } from "../embedded.ts";
import { anomaliesFound, type ExhibitView, namedOperations } from "../exhibit-view.ts";
import { clip, type Markup, markup } from "../markup.ts";
import { dataBlock, pack } from "../pack.ts";
import { stepsOf } from "../steps.ts";
import type { PackedTrace, Trace } from "../trace/trace-shape.ts";
import { toTable } from "../trace/packed-table.ts";
import { count, duration, number, shrunkFrom, signs, size } from "../report-messages.ts";
import { activity } from "./activity.ts";
import { anomalyList } from "./anomalies.ts";
import { convergence } from "./convergence.ts";
import { downloads } from "./downloads.ts";
import { fold, innerFold } from "./fold.ts";
import { keysSection } from "./keys.ts";
import { legend } from "./legend.ts";
import { ringNote, ringSection } from "./ring.ts";
import { staleness } from "./staleness.ts";
import { visibility } from "./visibility.ts";
import { figureOf } from "./why.ts";
import { stepList } from "./smallest-case.ts";

/** The largest number of steps of a history that are listed. For a larger history, the timeline is clearer. */
const stepsAtMost = 60;

export interface Telling {
  /** How the report's first history was shrunk. Undefined for any other history, or if nothing was shrunk. */
  readonly shrunk: Campaign["shrunk"];
  /** Whether the section "Why it happened" already shows the history's anomalies. */
  readonly isExplained: boolean;
}

export function exhibitSection(view: ExhibitView, { shrunk, isExplained }: Telling): Markup {
  const { exhibit, place, trace, held, values, omitted } = view;
  const { verdict } = exhibit;
  // Reasons that quote an anomaly are left out, since the anomalies are shown too.
  const reasons = verdict.reasons.filter(
    (reason) => !trace.anomalies.some(({ explanation }) => reason.includes(explanation)),
  );
  const keysOfAnomalies = new Set(
    view.anomalies.flatMap(({ anomaly: { key } }) => (key === undefined ? [] : [key])),
  );
  const plots = markup`${activity(exhibit, trace, held)}${staleness(exhibit, trace)}${visibility(exhibit)}${convergence(exhibit)}`;
  const ring = ringSection(trace);
  const keys = keysSection(trace, held, values, keysOfAnomalies);
  return fold(
    {
      id: `exhibit-${place}`,
      title: markup`${exhibit.title} <span class="badge ${verdict.verdict}">${signs[verdict.verdict]} ${verdict.verdict}</span>`,
      open: true,
    },
    markup`${shrunk && shrinking(shrunk)}
<p class="quiet">${sizeOf(trace)}</p>
${reasons.length > 0 && markup`<ul class="reasons">${reasons.slice(0, 8).map((reason) => markup`<li>${clip(reason, 1_000)}</li>`)}</ul>`}
${!isExplained && view.anomalies.length > 0 && innerFold({ id: `e${place}-anomalies`, title: place > 0 ? "The same failure in this history" : "What was found", note: count(anomaliesFound(exhibit, true) + anomaliesFound(exhibit, false), "anomaly", "anomalies"), open: place === 0 }, anomalyList(view, figureOf(view)))}
${steps(view)}
${innerFold(
  { id: `e${place}-timeline`, title: "Timeline", open: true },
  markup`${timelineFigure(place, trace)}${omitted.length > 0 && markup`<ul class="omitted quiet">${omitted.map((sentence) => markup`<li>${sentence}</li>`)}</ul>`}`,
)}
${ring && innerFold({ id: `e${place}-ring`, title: "The ring", note: ringNote(trace), open: true }, ring)}
${keys && innerFold({ id: `e${place}-keys`, title: "Key by key", note: "what each replica held when" }, keys)}
${innerFold({ id: `e${place}-plots`, title: "Over time", note: "latency, throughput, staleness, convergence" }, markup`<div class="plots">${plots}</div>`)}
${innerFold({ id: `e${place}-files`, title: "Files of this history" }, downloads(embeddedFiles(exhibit), place))}
${dataBlock(`trace-${place}`, pack(JSON.stringify(packed(trace))))}`,
  );
}

/** The size of a history in words. Final reads are counted separately, as in the run's own figures. */
function sizeOf(trace: Trace): string {
  const final = trace.operations.filter((operation) => operation.final).length;
  const clients = new Set(
    trace.operations.filter((operation) => !operation.final).map(({ client }) => client),
  );
  return [
    count(trace.operations.length - final, "operation"),
    ...(final > 0 ? [count(final, "final read")] : []),
    count(trace.faults.length, "fault"),
    count(clients.size, "client"),
    count(trace.nodes.length, "node"),
    `${duration(Math.round((trace.endUs - trace.fromUs) / 100) / 10)} long`,
  ].join(", ");
}

export const packed = (trace: Trace): PackedTrace => ({
  ...trace,
  operations: toTable(trace.operations),
  messages: toTable(trace.messages),
  syncs: toTable(trace.syncs),
});

function shrinking(shrunk: NonNullable<Campaign["shrunk"]>): Markup {
  const { from, to, tries, ended, reproduced } = shrunk;
  const sizes =
    size(from) === size(to)
      ? markup`Not shrunk below <strong>${shrunkFrom(shrunk)}</strong>`
      : markup`Shrunk from <strong>${shrunkFrom(shrunk)}</strong> to <strong>${size(to)}</strong>`;
  return markup`<p class="shrinking">${sizes} in ${count(tries, "try", "tries")} (${ended}).${
    reproduced &&
    markup` On re-running, ${number(reproduced.failed)} of ${count(reproduced.runs, "run")} failed again.`
  }</p>`;
}

function steps(view: ExhibitView): Markup | undefined {
  const { place, exhibit } = view;
  const all = stepsOf(exhibit);
  if (all.length === 0) return undefined;
  return innerFold(
    { id: `e${place}-steps`, title: "Step by step", note: number(all.length) },
    markup`${stepList(all.slice(0, stepsAtMost), place, namedOperations(view))}${all.length > stepsAtMost && markup`<p class="quiet">and ${count(all.length - stepsAtMost, "more step")}</p>`}`,
  );
}

const filters = [
  ["key", "key"],
  ["client", "client"],
  ["f", "kind"],
  ["outcome", "outcome"],
] as const;

export function timelineFigure(place: number, trace: Trace): Markup {
  const anomalies = trace.anomalies.length;
  const empty = "Click an operation, a message, a fault or a sync for its details.";
  return markup`<div class="timeline" data-trace="${place}">
<div class="toolbar">
<button type="button" data-action="previous"${anomalies === 0 && markup` disabled`}>◂ previous</button>
<button type="button" data-action="next"${anomalies === 0 && markup` disabled`} class="main">next anomaly ▸</button>
<span class="quiet">${anomalies === 0 ? "no anomaly" : count(anomalies, "anomaly", "anomalies")}</span>
<span class="space"></span>
<label title="stretches in which nothing happened get little room; a zigzag marks them"><input type="checkbox" data-part="shorten"> shorten idle time</label>
<button type="button" data-action="out" aria-label="zoom out">−</button>
<button type="button" data-action="in" aria-label="zoom in">+</button>
<button type="button" data-action="fit">whole run</button>
</div>
<div class="toolbar filters"><span class="quiet">Show</span>${filters.map(([part, name]) => markup`<label>${name} <select data-part="${part}"><option value="">all</option></select></label>`)}</div>
<div class="plot"><canvas data-part="canvas" tabindex="0" role="application" aria-label="Timeline of ${count(trace.operations.length, "operation")}. Arrow keys pan, plus and minus zoom, 0 shows the whole run, full stop and comma go from operation to operation, n and p from anomaly to anomaly, Escape clears."></canvas>
<div class="tooltip" data-part="tooltip" hidden></div></div>
<canvas class="minimap" data-part="minimap" tabindex="0" role="slider" aria-label="The part of the run that is shown" aria-valuemin="0" aria-valuemax="100" title="Click, drag or press ← → Home End to move the part that is shown"></canvas>
<div class="panel" data-part="details" aria-live="polite" data-empty="${empty}">${empty}</div>
${legend(trace)}
<p class="keys quiet">Wheel zooms, drag pans; <a href="#reading">all keys</a>.</p>
<noscript><p class="warning">The timeline needs JavaScript, which this browser has switched off. Everything else on this page is complete without it.</p></noscript>
</div>`;
}
