/** Shows an anomaly with its diagram, the versions of its key on each replica, and the overlapping faults. */
import { clip, type Markup, markup } from "../markup.ts";
import { milliseconds } from "../page/format.ts";
import { count } from "../report-messages.ts";
import { faultTimes } from "../trace/trace-faults.ts";
import type { TraceMessage } from "../trace/trace-shape.ts";
import type { Held, Inspection } from "../trace/replicas.ts";
import type { Witness } from "../trace/witness.ts";
import { spaceTime } from "./space-time.ts";

const changesAtMost = 6;
/** At most this many messages are listed below the diagram. */
const listedAtMost = 160;

export function witnessFigure(
  witness: Witness,
  values: ReadonlyMap<string, string>,
  place: number,
): Markup {
  const { trace, replicas, inspections, key, originUs, omitted } = witness;
  const faults = trace.faults.map(
    (fault) => `${fault.label}, ${faultTimes(fault, Infinity, originUs)}`,
  );
  return markup`<figure class="witness"><figcaption><strong>${diagramTitle(witness)}</strong>
<span class="quiet">${signsIn(witness)}</span></figcaption>
${spaceTime(witness, values, place)}
<p class="quiet">${
    faults.length === 0
      ? "No fault was in force during this time."
      : `Faults during this time: ${faults.slice(0, 6).join("; ")}.`
  }${omitted.length > 0 && ` To keep the diagram readable, ${omitted.join(", and ")}.`}</p>
${messageList(witness, place)}
${
  inspections === undefined
    ? replicas.size > 0 && heldTable(witness, values)
    : inspectionsTable(key, inspections, originUs, values)
}</figure>`;
}

/** The title of the diagram. It depends on whether the diagram has messages. */
export const diagramTitle = ({ trace }: Witness): string =>
  trace.messages.length > 0 ? "Who told whom what" : "Who asked which node";

/** Explains signs of the diagram. Most of them are explained only if the diagram has them. */
function signsIn({ trace: { messages, rings, endUs }, replicas }: Witness): string {
  const states = [...replicas.values()]
    .flat()
    .filter(({ fromUs }) => fromUs > 0 && fromUs <= endUs);
  const has = (kind: TraceMessage["kind"]): boolean =>
    messages.some((message) => message.kind === kind);
  return [
    "time runs to the right",
    ...(messages.length > 0 ? [] : ["dotted: the node that the client asked"]),
    ...(states.some(({ gone, inspected }) => gone === undefined && !inspected)
      ? ["◆ synced to disk"]
      : []),
    ...(states.some(({ gone }) => gone !== undefined) ? ["◇ dropped or lost"] : []),
    ...(states.some(({ inspected }) => inspected) ? ["◇ shows: an inspection found this"] : []),
    ...(has("read-repair") ? ["✚ read repair"] : []),
    ...(has("handoff") ? ["▲ hinted handoff"] : []),
    ...(has("exchange") ? ["● exchange (anti-entropy)"] : []),
    ...(rings === undefined
      ? []
      : [
          "■ stream to a new owner",
          "a line below a node: the node owns the key, or if dashed gets only its writes",
        ]),
    ...(has("reply") ? ["dashed: a reply"] : []),
    ...(messages.some(({ receivedUs }) => receivedUs === undefined) ? ["×: never arrived"] : []),
  ].join(", ");
}

/** Lists the messages of the diagram, for readers who cannot point at an arrow. */
function messageList({ trace, originUs }: Witness, place: number): Markup | undefined {
  const messages = trace.messages.toSorted((a, b) => a.sentUs - b.sentUs);
  if (messages.length === 0) return undefined;
  const arrival = ({ receivedUs, sentUs }: TraceMessage): string =>
    receivedUs === undefined
      ? "never"
      : receivedUs === sentUs
        ? "–"
        : milliseconds(originUs + receivedUs);
  const title = `${count(messages.length, "message")} of the diagram, in order of time`;
  return markup`<details class="messages"><summary>${title}</summary>
<div class="wide" tabindex="0" role="group" aria-label="Messages"><table>
<thead><tr><th scope="col">sent at</th><th scope="col">from</th><th scope="col">to</th><th scope="col">message</th>
<th scope="col">arrived at</th><th scope="col">the network</th></tr></thead>
<tbody>${messages.slice(0, listedAtMost).map(
    (message) =>
      markup`<tr><td class="figure">${milliseconds(originUs + message.sentUs)}</td><td>${message.from}</td>
<td>${message.to}</td><td>${message.label}${
        message.op !== undefined &&
        markup` <a class="op" href="#e${place}-op${message.op}">#${message.op}</a>`
      }</td>
<td class="figure">${arrival(message)}</td><td>${message.fate ?? "–"}</td></tr>`,
  )}</tbody></table></div>
<p class="quiet">Only nodes record messages. A message from a client is therefore shown at its arrival, and a message to a client has no arrival.</p></details>`;
}

function heldTable(
  { trace, replicas, key, originUs }: Witness,
  values: ReadonlyMap<string, string>,
): Markup {
  const heads = ["replica", "before", "then", "at the end of the diagram"];
  return markup`<div class="wide" tabindex="0" role="group" aria-label="Table"><table class="held">
<caption>What each replica held of <bdi>${clip(key, 60)}</bdi></caption>
<thead><tr>${heads.map((head) => markup`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${[...replicas].map(([node, held]) => row(clip(node, 60), held, trace.endUs, originUs, values))}</tbody>
</table></div>`;
}

/**
 * Shows what each replica returned when it was asked alone. These answers do not show what the replica held while
 * clients were at work.
 */
function inspectionsTable(
  key: string,
  inspections: readonly Inspection[],
  originUs: number,
  values: ReadonlyMap<string, string>,
): Markup | undefined {
  const [first, last] = [inspections.at(0), inspections.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const nodes = [...new Set(inspections.flatMap(({ held }) => [...held.keys()]))];
  const names = first === last ? ["asked alone"] : ["first asked alone", "last asked alone"];
  const heads = inspections.map(
    ({ atUs }, index) =>
      markup`<th scope="col">${names[index]}, at ${milliseconds(originUs + atUs)}</th>`,
  );
  return markup`<div class="wide" tabindex="0" role="group" aria-label="Table"><table class="held">
<caption>What each replica held of <bdi>${clip(key, 60)}</bdi> in the final phase</caption>
<thead><tr><th scope="col">replica</th>${heads}</tr></thead>
<tbody>${nodes.map((node) => {
    const cells = inspections.map(
      ({ held }) => markup`<td>${versionsLabel(held.get(node) ?? [], values)}</td>`,
    );
    return markup`<tr><th scope="row">${clip(node, 60)}</th>${cells}</tr>`;
  })}</tbody></table></div>`;
}

function row(
  node: string,
  held: readonly Held[],
  endUs: number,
  originUs: number,
  values: ReadonlyMap<string, string>,
): Markup {
  const name = (state: Held | undefined): string =>
    state === undefined ? "nothing" : heldLabel(state, values);
  const before = held.filter(({ fromUs }) => fromUs <= 0).at(-1);
  const changes = held.filter(({ fromUs }) => fromUs > 0 && fromUs <= endUs);
  const shown = changes
    .slice(0, changesAtMost)
    .map((state) => `${name(state)} at ${milliseconds(originUs + state.fromUs)}${causeOf(state)}`);
  const more = changes.length - changesAtMost;
  return markup`<tr><th scope="row">${node}</th><td>${name(before)}</td>
<td>${shown.join("; ") || "no change"}${more > 0 && `; and ${more} more`}</td>
<td>${name(changes.at(-1) ?? before)}</td></tr>`;
}

export const heldLabel = ({ versions }: Held, values: ReadonlyMap<string, string>): string =>
  versionsLabel(versions, values);

const versionsLabel = (versions: readonly string[], values: ReadonlyMap<string, string>): string =>
  versions.length === 0
    ? "nothing"
    : clip(versions.map((version) => values.get(version) ?? version).join(" | "), 80);

/** The cause of a replica's state, in brackets. Empty for an ordinary write or an unknown cause. */
export function causeOf({ cause, gone, inspected }: Held): string {
  const why = inspected ? "as inspected" : (gone ?? (cause === "write" ? undefined : cause));
  return why === undefined ? "" : ` (${why})`;
}
