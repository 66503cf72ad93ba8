/** The ring before, during and after membership changes, and the owners of one key over time. */
import { clip, type Markup, markup } from "../markup.ts";
import { milliseconds } from "../page/format.ts";
import { count } from "../report-messages.ts";
import type { Trace, TraceOwner, TraceRing } from "../trace/trace-shape.ts";

/** The table of the ring's versions. Undefined if membership never changed. */
export function ringSection({ rings }: Trace): Markup | undefined {
  if (rings === undefined) return undefined;
  return markup`<p class="quiet">A membership change goes through several versions of the ring, one for each step. A node uses a version once that version is on the node’s disk, so for a while nodes use two versions at the same time.</p>
<div class="wide" tabindex="0" role="group" aria-label="Table"><table><thead><tr><th scope="col">ring</th><th scope="col">change</th><th scope="col">first node</th><th scope="col">last node</th><th scope="col">members</th></tr></thead>
<tbody>${rings.map((ring, index) => markup`<tr><th scope="row">${ring.version}</th><td>${stateOf(ring, rings[index - 1])}</td><td>${index === 0 ? "the beginning" : milliseconds(ring.fromUs)}</td><td>${index === 0 ? "the beginning" : milliseconds(ring.everyUs)}</td><td>${membersOf(ring, rings[index - 1])}</td></tr>`)}</tbody></table></div>`;
}

/** The note beside the heading, for example "2 changes, 9 versions". */
export function ringNote({ rings = [] }: Trace): string {
  const changes = new Set(rings.flatMap(({ under }) => under?.replace(/, step .*$/, "") ?? []));
  return `${count(changes.size, "change")}, ${count(rings.length, "version")}`;
}

const stateOf = ({ under }: TraceRing, before: TraceRing | undefined): string =>
  under ?? (before === undefined ? "before any change" : "at rest");

/**
 * The members of a version of the ring. Marks members that joined since the version before, and names members that
 * left.
 */
function membersOf({ members }: TraceRing, before: TraceRing | undefined): Markup {
  const came = members.filter((node) => before?.members.includes(node) === false);
  const went = (before?.members ?? []).filter((node) => !members.includes(node));
  return markup`${members.map((node, index) => markup`${index > 0 && ", "}${came.includes(node) ? markup`<strong>+${node}</strong>` : node}`)}${went.length > 0 && markup` <span class="quiet">without ${went.join(", ")}</span>`}`;
}

/** The owners of the key over time, one row for each change. Undefined if the owners never changed. */
export function ownersTable(trace: Trace, key: string): Markup | undefined {
  const rows = periodsOf(trace, key);
  if (rows.length < 2) return undefined;
  return markup`<div class="wide" tabindex="0" role="group" aria-label="Table"><table><caption class="quiet">Who owned <bdi>${clip(key, 60)}</bdi> when, by the newest ring that any node used</caption><thead><tr><th scope="col">from</th><th scope="col">ring</th><th scope="col">reads and writes</th><th scope="col">writes only</th></tr></thead>
<tbody>${rows.map(({ fromUs, owners, writers, ring }) => markup`<tr><td>${fromUs <= trace.fromUs ? "the beginning" : milliseconds(fromUs)}</td><td>${ring}</td><td>${owners.join(", ")}</td><td>${writers.join(", ") || "none"}</td></tr>`)}</tbody></table></div>`;
}

interface Period {
  readonly fromUs: number;
  readonly ring: string;
  readonly owners: readonly string[];
  /** Nodes that get the key's writes but not its reads: they will own the key, or have owned it. */
  readonly writers: readonly string[];
}

function periodsOf(trace: Trace, key: string): readonly Period[] {
  const own = (trace.owners ?? []).filter((owner) => owner.key === clip(key));
  const periods: Period[] = [];
  for (const { fromUs, toUs, version, under } of trace.rings ?? []) {
    if (toUs <= fromUs) continue;
    const owners = nodesAt(own, fromUs, "owner");
    const writers = nodesAt(own, fromUs, "writes");
    const last = periods.at(-1);
    if (String([last?.owners, last?.writers]) === String([owners, writers])) continue;
    const ring = under === undefined ? String(version) : `${version}: ${under}`;
    periods.push({ fromUs, ring, owners, writers });
  }
  return periods;
}

const nodesAt = (
  owners: readonly TraceOwner[],
  atUs: number,
  role: TraceOwner["role"],
): readonly string[] =>
  owners
    .filter((owner) => owner.role === role && owner.fromUs <= atUs && atUs < owner.toUs)
    .map(({ node }) => node);
