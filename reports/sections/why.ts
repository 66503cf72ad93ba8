/**
 * Explains why it happened: the causal chain of the anomaly in the page's first sentence, then each anomaly with its
 * evidence.
 */
import type { Anomaly, HistoryEvent } from "../../checkers/index.ts";
import type { Campaign } from "../campaign.ts";
import type { ExhibitView } from "../exhibit-view.ts";
import { clip, type Insertable, type Markup, markup } from "../markup.ts";
import { count, number, tellingAnomalies } from "../report-messages.ts";
import { milliseconds } from "../page/format.ts";
import { causalChain } from "../trace/chain.ts";
import { faultPart } from "../trace/fault-part.ts";
import { anomalyList } from "./anomalies.ts";
import { fold } from "./fold.ts";
import { witnessFigure } from "./witness.ts";

export function whySection(campaign: Campaign, view: ExhibitView): Markup | undefined {
  const anomaly = tellingAnomalies(campaign)[0]?.anomaly;
  if (anomaly === undefined) return undefined;
  return fold(
    { id: "why", title: "Why it happened", open: true },
    markup`${chain(view, anomaly)}
${faults(view, anomaly, campaign.shrunk)}
<h3>What was broken, and the evidence</h3>
${anomalyList(view, figureOf(view), anomaly)}
${asFound(campaign)}`,
  );
}

/** The reasons of the run’s verdict. If several histories failed, several of them may have a reason here. */
const asFound = ({ reasons }: Campaign): Markup | undefined =>
  reasons.length === 0
    ? undefined
    : markup`<details><summary>The reasons for the run’s verdict <span class="quiet">(${number(reasons.length)})</span></summary><ul class="reasons">${reasons.slice(0, 12).map((reason) => markup`<li>${clip(reason, 1_000)}</li>`)}${reasons.length > 12 && markup`<li>and ${number(reasons.length - 12)} more</li>`}</ul></details>`;

/**
 * Makes the function that draws an anomaly's diagram. That function returns undefined if the anomaly names no operation
 * of the history.
 */
export const figureOf =
  (view: ExhibitView) =>
  (anomaly: Anomaly): Markup | undefined => {
    const witness = view.witness(anomaly);
    return witness && witnessFigure(witness, view.values, view.place);
  };

function faults(view: ExhibitView, anomaly: Anomaly, shrunk: Campaign["shrunk"]): Markup {
  const part = faultPart(view, anomaly, shrunk);
  return markup`<h3>Did the faults matter?</h3>
${part.faults.length > 0 && markup`<ul class="plain">${part.faults.map((text) => markup`<li>⚡ ${text}</li>`)}</ul>`}
${part.conclusion.map((text) => markup`<p>${text}</p>`)}`;
}

/**
 * Says what the history's evidence does not show. `run` is the history's `run` event. Empty if the evidence shows the
 * replicas and their messages, or if there is no `run` event.
 */
function unseen({ held }: ExhibitView, run: HistoryEvent | undefined): string {
  if (run?.e !== "run") return "";
  if (run.capabilities.evidence)
    return held.size > 0
      ? ""
      : "; this target shows the messages between nodes, but no syncs, so what each node stored is known only from these messages and from reads";
  return `; this run recorded no messages and no syncs, so ${
    run.capabilities.inspection
      ? "what each replica had is known only from inspections and reads"
      : "nobody can say which replica had what, or why a replica missed a write"
  }`;
}

function chain(view: ExhibitView, anomaly: Anomaly): Insertable {
  const links = causalChain(view, anomaly);
  const run = view.exhibit.events.find((event) => event.e === "run");
  if (links.length === 0) return markup`<p>${clip(anomaly.explanation, 2_000)}</p>`;
  return markup`<p class="quiet">${count(links.length, "step")} in the order of time, from the history’s own clock${unseen(view, run)}.</p>
<ol class="steps chain">${links.map(({ atUs, text, op }) => markup`<li><span class="time">${milliseconds(atUs)}</span> <span>${text}${op !== undefined && markup` <a class="op" href="#e${view.place}-op${op}">#${op}</a>`}</span></li>`)}
<li class="witness"><span class="time">so</span> <span><strong>${clip(anomaly.explanation, 2_000)}</strong></span></li></ol>`;
}
