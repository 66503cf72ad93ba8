/** Shows an anomaly with its diagram, the versions of its key on each replica, and the overlapping faults. */
import { clip, type Markup, markup } from "../markup.ts";
import { milliseconds } from "../page/format.ts";
import type { Held, Inspection } from "../trace/replicas.ts";
import type { Witness } from "../trace/witness.ts";
import { spaceTime } from "./space-time.ts";

const changesAtMost = 6;

export function witnessFigure(
  witness: Witness,
  values: ReadonlyMap<string, string>,
  place: number,
): Markup {
  const { trace, replicas, inspections, key, originUs, omitted } = witness;
  const faults = trace.faults.map(
    ({ label, fromUs, toUs }) =>
      `${label}, from ${milliseconds(originUs + fromUs)} to ${milliseconds(originUs + toUs)}`,
  );
  return markup`<figure class="witness"><figcaption><strong>Who told whom what</strong> <span class="quiet">time runs to the right; ◆ synced to disk, ✚ read repair, ▲ hinted handoff, ● exchange (anti-entropy),${trace.rings !== undefined && " ■ stream to a new owner, a line below a node: it owns the key,"} dashed: a reply, ×: never arrived</span></figcaption>
${spaceTime(witness, values, place)}
<p class="quiet">${faults.length === 0 ? "No fault was in force during this time." : `Faults during this time: ${faults.slice(0, 6).join("; ")}.`}${omitted.length > 0 && ` To keep the diagram readable, ${omitted.join(", and ")}.`}</p>
${
  inspections !== undefined
    ? inspectionsTable(key, inspections, originUs, values)
    : replicas.size > 0 &&
      markup`<div class="wide" tabindex="0" role="group" aria-label="Table"><table class="held"><caption>What each replica held of <bdi>${clip(key, 60)}</bdi></caption><thead><tr><th scope="col">replica</th><th scope="col">before</th><th scope="col">then</th><th scope="col">at the end of the diagram</th></tr></thead>
<tbody>${[...replicas].map(([node, held]) => row(clip(node, 60), held, trace.endUs, originUs, values))}</tbody></table></div>`
}</figure>`;
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
  return markup`<div class="wide" tabindex="0" role="group" aria-label="Table"><table class="held"><caption>What each replica held of <bdi>${clip(key, 60)}</bdi> in the final phase</caption><thead><tr><th scope="col">replica</th>${inspections.map(({ atUs }, index) => markup`<th scope="col">${names[index]}, at ${milliseconds(originUs + atUs)}</th>`)}</tr></thead>
<tbody>${nodes.map(
    (node) =>
      markup`<tr><th scope="row">${clip(node, 60)}</th>${inspections.map(({ held }) => markup`<td>${versionsLabel(held.get(node) ?? [], values)}</td>`)}</tr>`,
  )}</tbody></table></div>`;
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
  return markup`<tr><th scope="row">${node}</th><td>${name(before)}</td><td>${shown.join("; ") || "no change"}${changes.length > changesAtMost && `; and ${changes.length - changesAtMost} more`}</td><td>${name(changes.at(-1) ?? before)}</td></tr>`;
}

export const heldLabel = ({ versions }: Held, values: ReadonlyMap<string, string>): string =>
  versionsLabel(versions, values);

const versionsLabel = (versions: readonly string[], values: ReadonlyMap<string, string>): string =>
  versions.length === 0
    ? "nothing"
    : clip(versions.map((version) => values.get(version) ?? version).join(" | "), 80);

/** The cause of a replica's state, in brackets. Empty for an ordinary write or an unknown cause. */
export const causeOf = ({ cause }: Held): string =>
  cause === undefined || cause === "write" ? "" : ` (${cause})`;
