/**
 * The key-by-key section: which replica held which version when, where replicas differed, and what ended each
 * difference.
 */
import { clip, type Markup, markup } from "../markup.ts";
import { findGaps } from "../page/gaps.ts";
import { milliseconds } from "../page/format.ts";
import { createView } from "../page/view.ts";
import { type Divergence, divergences, type Held, type Replicas } from "../trace/replicas.ts";
import type { Trace, TraceOwner } from "../trace/trace-shape.ts";
import { count, number } from "../report-messages.ts";
import { ownersTable } from "./ring.ts";
import { causeOf, heldLabel } from "./witness.ts";

const keysAtMost = 12;
const divergencesAtMost = 5;
const width = 1100;
const gutter = 64;
const lane = 24;

/** Renders the section. `first` has the keys of anomalies, which come first. */
export function keysSection(
  trace: Trace,
  held: ReadonlyMap<string, Replicas>,
  values: ReadonlyMap<string, string>,
  first: ReadonlySet<string>,
): Markup | undefined {
  const rows = [...held]
    .map(([key, replicas]) => ({
      key,
      replicas,
      diverged: divergences(replicas, ownersOf(trace, key)),
    }))
    .filter(({ replicas }) => [...replicas.values()].some((states) => states.length > 0))
    .sort(
      (a, b) =>
        Number(first.has(b.key)) - Number(first.has(a.key)) ||
        longest(b.diverged, trace) - longest(a.diverged, trace),
    );
  if (rows.length === 0) return undefined;
  const hidden = rows.length - keysAtMost;
  const lines =
    "The line below a replica is whole while the replica owns the key, and dashed while the replica gets the key’s writes, but no reads.";
  return markup`<p class="quiet">What each replica held durably, by the syncs of its log, what it dropped, its restarts and inspections.
The band above marks the times at which the replicas held different versions. Faults are shaded.
${trace.owners !== undefined && lines}</p>
${rows.slice(0, keysAtMost).map(
  (
    { key, replicas, diverged },
    index,
  ) => markup`<details class="key-strip"${index === 0 && markup` open`}>
<summary>key <bdi>${clip(key, 60)}</bdi> <span class="quiet">${summary(diverged, trace)}</span></summary>
<div class="wide" tabindex="0" role="group" aria-label="Diagram">${strip(key, replicas, diverged, trace, values)}</div>
${ownersTable(trace, key)}${diverged.length > 0 && table(diverged, trace)}</details>`,
)}
${
  hidden > 0 &&
  markup`<p class="quiet">${number(hidden)} more keys are left out. Keys of anomalies come first, then keys whose replicas differed for the longest time.</p>`
}`;
}

const ownersOf = ({ owners = [] }: Trace, key: string): readonly TraceOwner[] =>
  owners.filter((owner) => owner.key === clip(key));

const lasted = ({ fromUs, toUs }: Divergence, trace: Trace): number =>
  (toUs ?? trace.endUs) - fromUs;
const longest = (diverged: readonly Divergence[], trace: Trace): number =>
  diverged.reduce((most, each) => Math.max(most, lasted(each, trace)), 0);

function summary(diverged: readonly Divergence[], trace: Trace): string {
  if (diverged.length === 0) return "the replicas of this key never differed";
  const open = diverged.some(({ toUs }) => toUs === undefined);
  const most = milliseconds(longest(diverged, trace));
  const end = open ? "; ✕ still different at the end" : "";
  return `differed ${count(diverged.length, "time")}, longest ${most}${end}`;
}

function strip(
  key: string,
  replicas: Replicas,
  diverged: readonly Divergence[],
  trace: Trace,
  values: ReadonlyMap<string, string>,
): Markup {
  const short = trace.operations.length <= 40;
  const gaps = short ? findGaps(trace) : [];
  const view = createView(trace.endUs, gaps, trace.fromUs);
  view.shorten(short);
  view.show(trace.fromUs, trace.endUs);
  const x = (us: number): number =>
    Math.round(
      (gutter + view.x(Math.min(trace.endUs, Math.max(trace.fromUs, us)), width - gutter - 8)) * 10,
    ) / 10;
  const height = 16 + lane * replicas.size + 18;
  const bottom = 16 + lane * replicas.size;
  const title = `What ${replicas.size} replicas of key ${clip(key, 60)} held over time`;
  const rowOf = (owner: string): number =>
    [...replicas.keys()].findIndex((node) => clip(node, 60) === owner);
  return markup`<svg class="replicas" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
${merged(diverged, trace, x).map(
  ([from, to]) =>
    markup`<rect class="diverged" x="${from}" y="4" width="${lengthOf(from, to)}" height="6"/>`,
)}
${[...replicas].map(
  (
    [node, states],
    index,
  ) => markup`<text class="lane" x="4" y="${16 + index * lane + 15}">${clip(node, 8)}</text>
${segments(states, trace, x, 18 + index * lane, values)}`,
)}
${ownersOf(trace, key).map((owner) => owned(owner, x, 14 + (rowOf(owner.node) + 1) * lane))}
${trace.faults.map(({ fromUs, toUs, label }) => {
  const [from, to] = [x(fromUs), x(toUs)];
  return markup`<rect class="shade" x="${from}" y="12" width="${lengthOf(from, to)}" height="${bottom - 12}">
<title>${label}</title></rect>`;
})}
${[0, 0.25, 0.5, 0.75, 1].map((part) => {
  const us = Math.max(
    trace.fromUs,
    Math.min(trace.endUs, view.at(part * (width - gutter - 8), width - gutter - 8)),
  );
  return markup`<text class="tick ${part === 1 && "end"}" x="${x(us)}" y="${height - 4}">${milliseconds(us)}</text>`;
})}
</svg>`;
}

function owned(
  { node, role, fromUs, toUs }: TraceOwner,
  x: (us: number) => number,
  y: number,
): Markup {
  const what = role === "owner" ? "owns the key" : "gets the key’s writes, but no reads";
  const title = `${node} ${what}, from ${milliseconds(fromUs)} to ${milliseconds(toUs)}`;
  return markup`<path class="owns ${role}" d="M${x(fromUs)} ${y}H${x(toUs)}"><title>${title}</title></path>`;
}

/** The width of a box between two positions, at least one pixel. */
const lengthOf = (from: number, to: number): number =>
  Math.max(1, Math.round((to - from) * 10) / 10);

/** The bands in which the replicas differ, in pixels. Two bands less than a pixel apart become one. */
function merged(
  diverged: readonly Divergence[],
  trace: Trace,
  x: (us: number) => number,
): readonly (readonly [from: number, to: number])[] {
  const bands: [number, number][] = [];
  for (const { fromUs, toUs } of diverged) {
    const [from, to] = [x(fromUs), x(toUs ?? trace.endUs)];
    const last = bands.at(-1);
    if (last !== undefined && from - last[1] < 1) last[1] = Math.max(last[1], to);
    else bands.push([from, to]);
  }
  return bands;
}

/**
 * Draws one box for each version that the replica held. Of versions within four pixels, only the last gets a box:
 * 100,000 operations must not fill the page with boxes.
 */
function segments(
  states: readonly Held[],
  trace: Trace,
  x: (us: number) => number,
  y: number,
  values: ReadonlyMap<string, string>,
): Markup {
  const drawn = states.filter((state, index) => {
    const next = states[index + 1];
    return next === undefined || x(next.fromUs) - x(state.fromUs) >= 4;
  });
  return markup`${drawn.map((state, index) => {
    const [from, to] = [x(state.fromUs), x(drawn[index + 1]?.fromUs ?? trace.endUs)];
    const label = heldLabel(state, values);
    const title = `${label}${causeOf(state)}, from ${milliseconds(state.fromUs)}`;
    const isRoomy = to - from > label.length * 6.5 + 6;
    const box = lane - 6;
    return markup`<rect class="held-${index % 2}" x="${from}" y="${y}" width="${lengthOf(from, to)}" height="${box}">
<title>${title}</title></rect><path class="edge" d="M${from} ${y}v${box}"/>
${isRoomy && markup`<text x="${from + 4}" y="${y + 13}">${label}</text>`}`;
  })}`;
}

function table(diverged: readonly Divergence[], trace: Trace): Markup {
  const rows = [...diverged]
    .sort((a, b) => lasted(b, trace) - lasted(a, trace))
    .slice(0, divergencesAtMost);
  const some = rows.length < diverged.length && `${rows.length} of ${number(diverged.length)} `;
  const heads = ["began", "lasted", "ended by", "faults meanwhile"];
  return markup`<div class="wide" tabindex="0" role="group" aria-label="Table"><table>
<caption class="quiet">The longest ${some}divergences</caption>
<thead><tr>${heads.map((head) => markup`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map((each) => {
    const times = [each.fromUs, lasted(each, trace)].map(milliseconds);
    const cells = [...times, endOf(each), faultsDuring(each, trace)];
    return markup`<tr>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>`;
  })}</tbody></table></div>`;
}

function endOf({ toUs, last }: Divergence): string {
  if (toUs === undefined) return "✕ never";
  if (last === undefined) return "a change of the ring";
  const { cause, gone, node } = last;
  const means = gone ?? (cause === "write" ? "the write itself" : (cause ?? "an unknown cause"));
  return `${means}, on ${clip(node, 40)}`;
}

const faultsDuring = (each: Divergence, trace: Trace): string =>
  clip(
    trace.faults
      .filter(({ fromUs, toUs }) => fromUs <= (each.toUs ?? trace.endUs) && toUs >= each.fromUs)
      .slice(0, 6)
      .map(({ label }) => label)
      .join("; ") || "none",
    300,
  );
