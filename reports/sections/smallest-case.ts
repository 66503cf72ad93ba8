/** The smallest case as numbered steps beside its space-time diagram. */
import type { Anomaly } from "../../checkers/index.ts";
import { type ExhibitView, namedOperations } from "../exhibit-view.ts";
import { type Markup, markup } from "../markup.ts";
import { count } from "../report-messages.ts";
import { type Step, stepsOf, stepTime } from "../steps.ts";
import { spaceTime } from "./space-time.ts";
import { diagramTitle } from "./witness.ts";

/** The number of steps that fit beside the diagram. */
const stepsAtMost = 9;

/**
 * Renders the smallest case. `anomaly` is the anomaly in the page's first sentence. The diagram shows it, if possible.
 */
export function smallestCase(view: ExhibitView, anomaly: Anomaly | undefined): Markup {
  const named = namedOperations(view);
  const { told, rest, quietReads } = stepsToTell(stepsOf(view.exhibit), named);
  const witness = anomaly && view.witness(anomaly);
  return markup`<div class="case${witness === undefined && " alone"}">
<section aria-labelledby="case-title"><h2 id="case-title">${title(view)}</h2>
${stepList(told, view.place, named)}
${rest.length > 0 && markup`<p class="quiet"><a href="#e${view.place}-steps">All ${told.length + rest.length} steps</a> are below.</p>`}
${levels(view)}
${quietReads > 0 && markup`<p class="quiet">The final phase makes ${count(quietReads, "more read")}, which no broken promise names.</p>`}
</section>
${
  witness &&
  markup`<section aria-labelledby="picture-title">
<h2 id="picture-title">${diagramTitle(witness)} <span class="quiet">time runs to the right</span></h2>
${spaceTime(witness, view.values, view.place, "narrow")}</section>`
}
</div>`;
}

/**
 * Says how many replicas requests wait for, and whether reads repair. Readers who know the store look for this first.
 */
function levels({ exhibit }: ExhibitView): Markup | undefined {
  const run = exhibit.events.find((event) => event.e === "run");
  if (run?.n === undefined || run.r === undefined || run.w === undefined) return undefined;
  const repair = {
    blocking: "repair before they answer",
    async: "repair later",
    off: "do not repair",
  }[run.repair?.read ?? "off"];
  return markup`<p class="quiet">Of ${count(run.n, "replica")}, reads wait for ${run.r} and writes for ${run.w}, unless a step says otherwise${run.repair !== undefined && `; reads ${repair}`}.</p>`;
}

/**
 * The exhibit's title. The words after the first comma, as in "The smallest failing history, shrunk from history 7",
 * are less prominent.
 */
function title({ exhibit }: ExhibitView): Markup {
  const [main = "", ...rest] = exhibit.title.split(", ");
  return markup`${main}${rest.length > 0 && markup` <span class="quiet">${rest.join(", ")}</span>`}`;
}

/**
 * The steps that fit, in order of time. If not all fit, steps that broken promises name are preferred, then faults.
 * Final reads that no broken promise names are only counted, in `quietReads`.
 */
function stepsToTell(
  steps: readonly Step[],
  named: ReadonlySet<number>,
): { readonly told: readonly Step[]; readonly rest: readonly Step[]; readonly quietReads: number } {
  const matters = ({ op }: Step): boolean => op !== undefined && named.has(op);
  const loud = steps.filter((step) => !step.final || matters(step));
  const room = new Set(
    [
      ...loud.filter(matters),
      ...loud.filter(({ op }) => op === undefined),
      ...loud.filter((step) => step.op !== undefined && !matters(step)),
    ].slice(0, stepsAtMost),
  );
  return {
    told: loud.filter((step) => room.has(step)),
    rest: loud.filter((step) => !room.has(step)),
    quietReads: steps.length - loud.length,
  };
}

/** A numbered list of steps. A flag marks the steps of the operations in `named`. */
export function stepList(
  steps: readonly Step[],
  place: number,
  named: ReadonlySet<number>,
): Markup {
  return markup`<ol class="steps">${steps.map((step) => {
    const isNamed = step.op !== undefined && named.has(step.op);
    return markup`<li${isNamed && markup` class="witness"`}><span class="time">${stepTime(step)}</span> <span>${
      step.op === undefined
        ? markup`<span class="fault">⚡ ${step.text}</span>`
        : markup`${step.text} <a class="op" href="#e${place}-op${step.op}">#${step.op}</a>`
    }${isNamed && markup` <strong class="flag" title="The anomaly names this operation">⚑</strong>`}</span></li>`;
  })}</ol>`;
}
