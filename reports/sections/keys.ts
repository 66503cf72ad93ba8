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
  return markup`<p class="quiet">What each replica held durably, from the syncs of its log. The band above marks the times at which the replicas held different versions. Faults are shaded.${trace.owners !== undefined && " The line below a replica is whole while it owns the key, and dashed while it gets the key’s writes, but no reads."}</p>
${rows.slice(0, keysAtMost).map(
  (
    { key, replicas, diverged },
    index,
  ) => markup`<details class="key-strip"${index === 0 && markup` open`}><summary>key <bdi>${clip(key, 60)}</bdi> <span class="quiet">${summary(diverged, trace)}</span></summary>
<div class="wide" tabindex="0" role="group" aria-label="Diagram">${strip(key, replicas, diverged, trace, values)}</div>
${ownersTable(trace, key)}${diverged.length > 0 && table(diverged, trace)}</details>`,
)}
${rows.length > keysAtMost && markup`<p class="quiet">${number(rows.length - keysAtMost)} more keys, whose replicas differed for a shorter time, are left out.</p>`}`;
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
  return `differed ${count(diverged.length, "time")}, longest ${milliseconds(longest(diverged, trace))}${open ? "; ✕ still different at the end" : ""}`;
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
  return markup`<svg class="replicas" viewBox="0 0 ${width} ${height}" role="img" aria-label="${`What ${replicas.size} replicas of key ${clip(key, 60)} held over time`}">
${merged(diverged, trace, x).map(([from, to]) => markup`<rect class="diverged" x="${from}" y="4" width="${Math.max(1, Math.round((to - from) * 10) / 10)}" height="6"/>`)}
${[...replicas].map(([node, states], index) => markup`<text class="lane" x="4" y="${16 + index * lane + 15}">${clip(node, 8)}</text>${segments(states, trace, x, 18 + index * lane, values)}`)}
${ownersOf(trace, key).map((owner) => owned(owner, x, 16 + [...replicas.keys()].findIndex((node) => clip(node, 60) === owner.node) * lane + lane - 2))}
${trace.faults.map(({ fromUs, toUs, label }) => markup`<rect class="shade" x="${x(fromUs)}" y="12" width="${Math.max(1, Math.round((x(toUs) - x(fromUs)) * 10) / 10)}" height="${bottom - 12}"><title>${label}</title></rect>`)}
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
  return markup`<path class="owns ${role}" d="M${x(fromUs)} ${y}H${x(toUs)}"><title>${node} ${what}, from ${milliseconds(fromUs)} to ${milliseconds(toUs)}</title></path>`;
}

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
    return markup`<rect class="held-${index % 2}" x="${from}" y="${y}" width="${Math.max(1, Math.round((to - from) * 10) / 10)}" height="${lane - 6}"><title>${label}${causeOf(state)}, from ${milliseconds(state.fromUs)}</title></rect><path class="edge" d="M${from} ${y}v${lane - 6}"/>${to - from > label.length * 6.5 + 6 && markup`<text x="${from + 4}" y="${y + 13}">${label}</text>`}`;
  })}`;
}

function table(diverged: readonly Divergence[], trace: Trace): Markup {
  const rows = [...diverged]
    .sort((a, b) => lasted(b, trace) - lasted(a, trace))
    .slice(0, divergencesAtMost);
  return markup`<div class="wide" tabindex="0" role="group" aria-label="Table"><table><caption class="quiet">The longest ${rows.length < diverged.length && `${rows.length} of ${number(diverged.length)} `}divergences</caption><thead><tr><th scope="col">began</th><th scope="col">lasted</th><th scope="col">ended by</th><th scope="col">faults meanwhile</th></tr></thead>
<tbody>${rows.map((each) => markup`<tr><td>${milliseconds(each.fromUs)}</td><td>${milliseconds(lasted(each, trace))}</td><td>${endOf(each)}</td><td>${faultsDuring(each, trace)}</td></tr>`)}</tbody></table></div>`;
}

function endOf({ toUs, last }: Divergence): string {
  if (toUs === undefined) return "✕ never";
  if (last === undefined) return "a change of the ring";
  const means =
    last?.cause === undefined
      ? "an unknown cause"
      : last.cause === "write"
        ? "the write itself"
        : last.cause;
  return `${means}, on ${clip(last?.node ?? "", 40)}`;
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
