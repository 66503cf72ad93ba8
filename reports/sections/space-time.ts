/**
 * Draws an anomaly as a space-time diagram in static SVG: time to the right, a line for each client and node that takes
 * part, and an arrow for each message that is shown.
 */
import { clip, type Markup, markup } from "../markup.ts";
import { type Gap, findGaps } from "../page/gaps.ts";
import { createFormat, milliseconds } from "../page/format.ts";
import { createView } from "../page/view.ts";
import type { Trace, TraceMessage, TraceOperation } from "../trace/trace-shape.ts";
import type { Witness } from "../trace/witness.ts";

const right = 16;
/** Widths in pixels. `before` is the room for each replica's first state, left of the first event. */
const sizes = {
  wide: { width: 1100, gutter: 92, before: 96 },
  narrow: { width: 740, gutter: 92, before: 84 },
} as const;
const clientLane = 46;
const nodeLane = 52;
const format = createFormat();

/**
 * Draws the diagram. `values` has the written value of each version. The size `narrow` fits into the space beside the
 * steps.
 */
export function spaceTime(
  witness: Witness,
  values: ReadonlyMap<string, string>,
  place: number,
  size: keyof typeof sizes = "wide",
): Markup {
  const { width, gutter, before } = sizes[size];
  const plot = width - gutter - before - right;
  const { trace, replicas, key, originUs } = witness;
  const gaps = findGaps(
    within(
      trace,
      [...replicas.values()].flatMap((held) => held.map(({ fromUs }) => fromUs)),
    ),
  );
  const view = createView(trace.endUs, gaps);
  view.shorten(true);
  view.show(0, trace.endUs);
  const x = (us: number): number =>
    round(gutter + before + view.x(Math.min(trace.endUs, Math.max(0, us)), plot));
  // The space above the lanes is for the faults.
  const top = trace.faults.length > 0 ? 62 : 26;
  const lanes = new Map<string, number>();
  trace.clients.forEach((name, index) => lanes.set(name, top + clientLane * (index + 0.5)));
  const nodesTop = top + clientLane * trace.clients.length + 8;
  trace.nodes.forEach(
    ({ name }, index) => lanes.has(name) || lanes.set(name, nodesTop + nodeLane * (index + 0.6)),
  );
  const height = nodesTop + nodeLane * trace.nodes.length + 12;
  const taken = new Map<string, number>();
  const final = new Set(
    trace.operations.filter((operation) => operation.final).map(({ client }) => client),
  );
  const label = (versions: readonly string[]): string =>
    versions.length === 0
      ? "nothing"
      : versions
          .map((version) => values.get(version) ?? version)
          .map((value) => clip(value, 24))
          .join(" | ");

  const rowEnds: number[] = [];
  const faults = trace.faults.map(({ label: name, nodes, fromUs, toUs }) => {
    const [from, to] = [x(fromUs), x(toUs)];
    const free = [0, 1, 2].find((row) => (rowEnds[row] ?? -1) <= from) ?? 2;
    rowEnds[free] = to;
    const y = 8 + free * 15;
    return markup`${nodes.map((node) => lanes.has(node) && markup`<rect class="shade" x="${from}" y="${(lanes.get(node) ?? 0) - 14}" width="${Math.max(2, to - from)}" height="28"><title>${name}</title></rect>`)}
<path class="fault-span" d="M${from} ${y}v8M${to} ${y}v8M${from} ${y + 4}H${to}"/><text class="fault-name" x="${from + 4}" y="${y + 1}"><title>${name}</title>${name.length * 6.5 < to - from ? name : `${name.slice(0, Math.max(1, Math.floor((to - from) / 6.5) - 1))}…`}</text>`;
  });
  const nodes = trace.nodes.map(({ name, boots }) => {
    const y = lanes.get(name) ?? 0;
    const role = roleOf(witness, name);
    const running = boots.filter(({ fromUs, toUs }) => toUs > 0 && fromUs < trace.endUs);
    return markup`<text class="lane" x="8" y="${y - 2}">${name}</text><text class="tick" x="8" y="${y + 11}">${role}</text>
<path class="down" d="M${gutter} ${y}H${width - right}"/>${running.map(({ fromUs, toUs, boot }) => markup`<path class="up" d="M${fromUs > 0 ? x(fromUs) : gutter} ${y}H${x(toUs)}"><title>${name}, boot ${boot}</title></path>${fromUs > 0 && markup`<path class="boot" d="M${x(fromUs)} ${y - 8}v16"/><text class="tick" x="${x(fromUs) + 3}" y="${y + 18}">boot ${boot}</text>`}`)}
${owned(trace, name, { x, y, gutter })}${replicas.has(name) && witness.inspections === undefined && states(replicas.get(name) ?? [], trace.endUs, { x, y, gutter }, label)}`;
  });
  return markup`<div class="wide" tabindex="0" role="group" aria-label="Diagram"><svg class="space-time ${size}" viewBox="0 0 ${width} ${height}" role="group" aria-label="${`Space-time diagram of ${[...witness.named].map((op) => `#${op}`).join(", ")} on key ${clip(key, 60)}: ${trace.messages.length} messages between ${trace.clients.length} clients and ${trace.nodes.length} nodes`}">
${faults}
<text class="tick" x="${x(0)}" y="${height - 3}">${milliseconds(originUs)}</text>
<text class="tick end" x="${width - 4}" y="${height - 3}">${milliseconds(originUs + trace.endUs)}</text>
${idle(gaps, x, top - 8, height)}
${trace.clients.map((name) => markup`<text class="lane" x="8" y="${(lanes.get(name) ?? 0) + 4}">${name}</text>${final.has(name) && markup`<text class="tick" x="8" y="${(lanes.get(name) ?? 0) + 16}">final reads</text>`}<path class="down" d="M${gutter} ${lanes.get(name) ?? 0}H${width - right}"/>`)}
${ringLines(trace, x, nodesTop - 8, height)}
${nodes}
${trace.messages.map((message) => arrow(message, x, lanes))}
${trace.operations.map((operation) => {
  const [from, to] = [x(operation.startUs), x(operation.endUs ?? trace.endUs)];
  const length = Math.min(52, textOf(operation).length) * 6.2;
  const atEnd = from > width - 260;
  const begin = atEnd ? to - length : from;
  // A label goes below the line if it would overlap the previous one above, and is left out if there is no room either.
  // The bar's tooltip has the same text.
  const side = (["above", "below"] as const).find(
    (each) => begin >= (taken.get(`${each} ${operation.client}`) ?? 0),
  );
  if (side !== undefined) taken.set(`${side} ${operation.client}`, begin + length);
  const lane = { y: lanes.get(operation.client) ?? 0, label: { side, atEnd } };
  return bar(operation, witness, { from, to }, lane, place);
})}
</svg></div>`;
}

/** The node's role for the key. After a membership change, a node may hold a key that it does not own at that time. */
function roleOf({ replicas, trace }: Witness, node: string): string {
  if (!replicas.has(node))
    return trace.operations.some((operation) => operation.node === node)
      ? "coordinator"
      : "no replica";
  const owns = trace.owners?.some((owner) => owner.node === node);
  return owns === false ? "no owner now" : "replica";
}

/**
 * Draws a second line below the node's line while the node owns the key or gets the key's writes. Draws nothing if
 * membership never changed.
 */
function owned({ owners = [], endUs }: Trace, node: string, { x, y, gutter }: Row): Markup {
  return markup`${owners
    .filter((owner) => owner.node === node)
    .map(
      ({ role, fromUs, toUs }) =>
        markup`<path class="owns ${role}" d="M${fromUs > 0 ? x(fromUs) : gutter} ${y + 8}H${x(Math.min(toUs, endUs))}"><title>${node} ${role === "owner" ? "owns the key" : "gets the key’s writes, but no reads"}</title></path>`,
    )}`;
}

/** Draws a line where each version of the ring begins, with the version's name if there is room. */
function ringLines(
  { rings = [] }: Trace,
  x: (us: number) => number,
  from: number,
  height: number,
): Markup {
  let free = 0;
  const lines = rings.filter(({ fromUs }) => fromUs > 0);
  return markup`${lines.map(({ version, under, fromUs }) => {
    const at = x(fromUs);
    const fits = at >= free;
    const name = `ring ${version}`;
    if (fits) free = at + name.length * 6;
    return markup`<path class="ring" d="M${at} ${from}V${height - 14}"><title>${name}${under !== undefined && `: ${under}`}</title></path>${fits && markup`<text class="tick" x="${at + 3}" y="${from + 8}">${name}</text>`}`;
  })}`;
}

const textOf = (operation: TraceOperation): string =>
  `#${operation.op} ${format.operation(operation)}`;

/** Moves all times that lie outside of the diagram to its ends: a message may have begun before, or arrive after. */
function within(trace: Trace, changes: readonly number[]): Trace {
  const clamp = (us: number): number => Math.min(trace.endUs, Math.max(0, us));
  return {
    ...trace,
    faults: [],
    operations: trace.operations.map((operation) => ({
      ...operation,
      startUs: clamp(operation.startUs),
      endUs: clamp(operation.endUs ?? operation.startUs),
    })),
    messages: trace.messages.map((message) => ({
      ...message,
      sentUs: clamp(message.sentUs),
      receivedUs: clamp(message.receivedUs ?? message.sentUs),
    })),
    syncs: changes.map((atUs) => ({ node: "", atUs: clamp(atUs), what: "" })),
  };
}

/** Marks where time is shortened. If there is room, says how long the shortened time is. */
function idle(
  gaps: readonly Gap[],
  x: (us: number) => number,
  from: number,
  height: number,
): Markup {
  let free = x(0) + 60;
  const last = x(Infinity) - 40;
  return markup`${gaps.map(({ fromUs, toUs }) => {
    const middle = round((x(fromUs) + x(toUs)) / 2);
    const fits = middle - 36 > free && middle + 36 < last;
    if (fits) free = middle + 36;
    return markup`<path class="gap" d="M${middle} ${from}V${height - 14}"/>${fits && markup`<text class="tick middle" x="${middle}" y="${height - 3}">${milliseconds(toUs - fromUs)} idle</text>`}`;
  })}`;
}

/** Where a node's line lies in the diagram. */
interface Row {
  readonly x: (us: number) => number;
  readonly y: number;
  readonly gutter: number;
}

/** Marks each change of the replica's state, with a tooltip. Writes the new state beside the mark if there is room. */
function states(
  held: readonly {
    readonly fromUs: number;
    readonly versions: readonly string[];
    readonly cause?: string;
  }[],
  endUs: number,
  { x, y, gutter }: Row,
  label: (versions: readonly string[]) => string,
): Markup {
  const before = held.filter(({ fromUs }) => fromUs <= 0).at(-1);
  const changes = [
    { fromUs: 0, versions: before?.versions ?? [] },
    ...held.filter(({ fromUs }) => fromUs > 0 && fromUs <= endUs),
  ];
  let free = 0;
  return markup`${changes.map((change) => {
    const at = x(change.fromUs);
    const text = `${change.fromUs === 0 ? "holds " : ""}${label(change.versions)}`;
    const fits = at >= free;
    if (fits) free = (change.fromUs > 0 ? at : gutter) + text.length * 6.4 + 10;
    return markup`${change.fromUs > 0 && markup`<path class="sync" d="M${at} ${y - 5}l4 5-4 5-4-5z"><title>${text}${"cause" in change && change.cause !== undefined && `, by ${change.cause}`}</title></path>`}${fits && markup`<text class="state" x="${change.fromUs > 0 ? at + 5 : gutter + 2}" y="${y - 8}">${text}</text>`}`;
  })}`;
}

const signs: Readonly<Record<TraceMessage["kind"], (x: number, y: number) => string | undefined>> =
  {
    request: () => undefined,
    reply: () => undefined,
    error: () => undefined,
    "read-repair": (x, y) => `M${x - 2} ${y - 6}h4v4h4v4h-4v4h-4v-4h-4v-4h4z`,
    handoff: (x, y) => `M${x} ${y - 6}l6 10h-12z`,
    stream: (x, y) => `M${x - 4.5} ${y - 4.5}h9v9h-9z`,
    exchange: (x, y) => `M${x - 4.5} ${y}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z`,
  };

function arrow(
  { from, to, sentUs, receivedUs, kind, label, op }: TraceMessage,
  x: (us: number) => number,
  lanes: ReadonlyMap<string, number>,
): Markup | undefined {
  const [y1, y2] = [lanes.get(from), lanes.get(to)];
  if (y1 === undefined || y2 === undefined || y1 === y2) return undefined;
  const lost = receivedUs === undefined;
  const [x1, x2] = [x(sentUs), lost ? x(sentUs) + 14 : x(receivedUs)];
  const [endX, endY] = lost ? [x2, (y1 + y2) / 2] : [x2, y2];
  const angle = Math.atan2(endY - y1, endX - x1);
  const tip = (turn: number): string =>
    `${round(endX - 8 * Math.cos(angle + turn))} ${round(endY - 8 * Math.sin(angle + turn))}`;
  const head = lost
    ? `M${endX - 4} ${endY - 4}l8 8m0-8l-8 8`
    : `M${tip(0.4)}L${endX} ${endY}L${tip(-0.4)}`;
  const sign = signs[kind](round((x1 + endX) / 2), round((y1 + endY) / 2));
  return markup`<g class="message ${kind}"><title>${from} → ${to}: ${label}${op !== undefined && ` (#${op})`}${lost && ", no arrival seen"}</title><path class="shaft" d="M${x1} ${y1}L${endX} ${endY}"/><path d="${head}"/>${sign !== undefined && markup`<path class="sign" d="${sign}"/>`}</g>`;
}

function bar(
  operation: TraceOperation,
  witness: Witness,
  { from, to }: { readonly from: number; readonly to: number },
  lane: {
    readonly y: number;
    /** Where the label stands. `side` is undefined if there is no room for it. */
    readonly label: { readonly side: "above" | "below" | undefined; readonly atEnd: boolean };
  },
  place: number,
): Markup {
  const {
    y,
    label: { side, atEnd },
  } = lane;
  const text = textOf(operation);
  const isNamed = witness.named.has(operation.op);
  return markup`<a href="#e${place}-op${operation.op}"><title>${text}</title><rect class="bar-${operation.f} ${operation.outcome}${isNamed && " named"}" x="${from}" y="${y - 6}" width="${Math.max(4, round(to - from))}" height="12"/>${side !== undefined && markup`<text class="operation ${atEnd && "end"}" x="${atEnd ? to : from}" y="${side === "below" ? y + 21 : y - 13}">${isNamed && "⚑ "}${clip(text, 48)}</text>`}</a>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
