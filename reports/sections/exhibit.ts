/** One history: its steps where it is small, its anomalies, its timeline. */
import type { Anomaly } from "../../checkers/index.ts";
import type { Campaign, Exhibit } from "../campaign.ts";
import { clip, type Markup, markup } from "../markup.ts";
import { embeddedFiles } from "../embedded.ts";
import { dataBlock, pack } from "../pack.ts";
import { stepsOf, stepTime } from "../steps.ts";
import { heldByKey, valuesOfVersions } from "../trace/replicas.ts";
import type { PackedTrace, Trace } from "../trace/trace-shape.ts";
import { toTable } from "../trace/packed-table.ts";
import { buildTrace } from "../trace/trace.ts";
import { witnessOf } from "../trace/witness.ts";
import { count, duration, number, signs, size } from "../report-messages.ts";
import { activity } from "./activity.ts";
import { anomalyList } from "./anomalies.ts";
import { convergence } from "./convergence.ts";
import { downloads } from "./downloads.ts";
import { keysSection } from "./keys.ts";
import { legend } from "./legend.ts";
import { staleness } from "./staleness.ts";
import { visibility } from "./visibility.ts";
import { witnessFigure } from "./witness.ts";

const stepsAtMost = 60;

/** `place` is its index in the report; `shrunk` is given with the smallest failing history. */
export function exhibitSection(
  exhibit: Exhibit,
  place: number,
  shrunk: Campaign["shrunk"],
): Markup {
  const { trace, omitted, originUs } = buildTrace(exhibit);
  const held = heldByKey(exhibit.events, originUs);
  const values = valuesOfVersions(exhibit.events);
  const figure = (anomaly: Anomaly): Markup | undefined => {
    const witness = witnessOf(exhibit, trace, held, anomaly, originUs);
    return witness && witnessFigure(witness, values, place);
  };
  const { verdict } = exhibit;
  // The anomalies below say the same of what is broken.
  const reasons = verdict.reasons.filter(
    (reason) => !trace.anomalies.some(({ explanation }) => reason.includes(explanation)),
  );
  return markup`<section class="exhibit" id="exhibit-${place}">
<h2>${exhibit.title} <span class="badge ${verdict.verdict}">${signs[verdict.verdict]} ${verdict.verdict}</span></h2>
${shrunk && shrinking(shrunk)}
<p class="quiet">${count(trace.operations.length, "operation")}, ${count(trace.faults.length, "fault")}, ${count(trace.clients.length, "client")}, ${count(trace.nodes.length, "node")}, ${duration(trace.endUs / 1_000)} long</p>
${reasons.length > 0 && markup`<ul class="reasons">${reasons.slice(0, 8).map((reason) => markup`<li>${clip(reason, 1_000)}</li>`)}</ul>`}
${anomalyList(exhibit, place, figure)}
${steps(exhibit, place, shrunk !== undefined)}
<h3>Timeline</h3>
${timeline(place, trace)}
${omitted.length > 0 && markup`<ul class="omitted quiet">${omitted.map((sentence) => markup`<li>${sentence}</li>`)}</ul>`}
${keysSection(trace, held, values, new Set(Object.values(verdict.guarantees).flatMap(({ anomalies }) => anomalies.flatMap(({ key }) => (key === undefined ? [] : [key])))))}
<h3>Over time</h3>
<div class="plots">${activity(exhibit, trace, held)}${staleness(exhibit, trace)}${visibility(exhibit)}${convergence(exhibit)}</div>
${downloads(embeddedFiles(exhibit), place)}
${dataBlock(`trace-${place}`, pack(JSON.stringify(packed(trace))))}
</section>`;
}

const packed = (trace: Trace): PackedTrace => ({
  ...trace,
  operations: toTable(trace.operations),
  messages: toTable(trace.messages),
  syncs: toTable(trace.syncs),
});

function shrinking(shrunk: NonNullable<Campaign["shrunk"]>): Markup {
  const { from, to, tries, ended, reproduced } = shrunk;
  const sizes =
    size(from) === size(to)
      ? markup`Not shrunk below <strong>${size(from)}</strong>`
      : markup`Shrunk from <strong>${size(from)}</strong> to <strong>${size(to)}</strong>`;
  return markup`<p class="shrinking">${sizes} in ${count(tries, "try", "tries")} (${ended}).${
    reproduced &&
    markup` On re-running, ${number(reproduced.failed)} of ${count(reproduced.runs, "run")} failed again.`
  }</p>`;
}

/** Of a large history the steps tell nobody anything; its timeline does. */
function steps(exhibit: Exhibit, place: number, smallest: boolean): Markup | undefined {
  const all = stepsOf(exhibit);
  if (all.length === 0 || (!smallest && all.length > stepsAtMost)) return undefined;
  const witness = new Set(
    Object.values(exhibit.verdict.guarantees).flatMap((guarantee) =>
      guarantee.promised ? guarantee.anomalies.flatMap(({ operations }) => operations) : [],
    ),
  );
  const list = markup`<ol class="steps">${all
    .slice(0, stepsAtMost)
    .map(
      (step) =>
        markup`<li${step.op !== undefined && witness.has(step.op) && markup` class="witness"`}><span class="time">${stepTime(step)}</span> ${
          step.op === undefined
            ? markup`<span class="op fault">⚡</span>`
            : markup`<a class="op" href="#e${place}-op${step.op}">#${step.op}</a>`
        } <span>${step.text}${step.op !== undefined && witness.has(step.op) && markup` <strong class="flag" title="an anomaly names it">⚑</strong>`}</span></li>`,
    )}</ol>${all.length > stepsAtMost && markup`<p class="quiet">and ${count(all.length - stepsAtMost, "more step")}</p>`}`;
  return smallest
    ? markup`<h3>Step by step</h3>${list}`
    : markup`<details><summary>Step by step <span class="quiet">(${number(all.length)})</span></summary>${list}</details>`;
}

const filters = [
  ["key", "key"],
  ["client", "client"],
  ["f", "kind"],
  ["outcome", "outcome"],
] as const;

function timeline(place: number, trace: Trace): Markup {
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
<p class="keys quiet">Wheel zooms, drag pans. With the timeline focused: <kbd>←</kbd> <kbd>→</kbd> pan, <kbd>+</kbd> <kbd>−</kbd> zoom, <kbd>0</kbd> whole run, <kbd>,</kbd> <kbd>.</kbd> operation before and after, <kbd>n</kbd> <kbd>p</kbd> anomaly, <kbd>Esc</kbd> clear. With the strip of the whole run focused: <kbd>←</kbd> <kbd>→</kbd> <kbd>Home</kbd> <kbd>End</kbd> move the part that is shown.</p>
<noscript><p class="warning">The timeline needs JavaScript, which this browser has switched off. Everything else on this page is complete without it.</p></noscript>
</div>`;
}
