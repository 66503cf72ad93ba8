/**
 * Draws an anomaly as a space-time diagram in static SVG: time to the right, a line for each client and node that takes
 * part, and an arrow for each message that is shown.
 */
import { clip, type Markup, markup } from "../markup.ts";
import { type Gap, findGaps } from "../page/gaps.ts";
import { createFormat, milliseconds } from "../page/format.ts";
import { createView } from "../page/view.ts";
import type { Held } from "../trace/replicas.ts";
import type { Trace, TraceOperation } from "../trace/trace-shape.ts";
import type { Witness } from "../trace/witness.ts";
import { drawMessages } from "./message-arrows.ts";
import { faultBand } from "./fault-band.ts";

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
    0.5,
  );
  const view = createView(trace.endUs, gaps);
  view.shorten(true);
  view.show(0, trace.endUs);
  const x = (us: number): number =>
    round(gutter + before + view.x(Math.min(trace.endUs, Math.max(0, us)), plot));
  const band = faultBand(trace.faults, x, width);
  const top = band.height + 26;
  const lanes = new Map<string, number>();
  trace.clients.forEach((name, index) => lanes.set(name, top + clientLane * (index + 0.5)));
  const nodesTop = top + clientLane * trace.clients.length + 8;
  trace.nodes.forEach(
    ({ name }, index) => lanes.has(name) || lanes.set(name, nodesTop + nodeLane * (index + 0.6)),
  );
  const height = nodesTop + nodeLane * trace.nodes.length + 12;
  const label = (versions: readonly string[]): string =>
    versions.length === 0
      ? "nothing"
      : versions
          .map((version) => values.get(version) ?? version)
          .map((value) => clip(value, 24))
          .join(" | ");

  const named = [...witness.named].map((op) => `#${op}`).join(", ");
  const parts = `${trace.clients.length} clients and ${trace.nodes.length} nodes`;
  const drawn = `${trace.messages.length} messages between ${parts}`;
  const title = `Space-time diagram of ${named} on key ${clip(key, 60)}: ${drawn}`;
  return markup`<div class="wide" tabindex="0" role="group" aria-label="Diagram">
<svg class="space-time ${size}" viewBox="0 0 ${width} ${height}" role="group" aria-label="${title}">
${shades(trace, x, lanes)}
${band.drawing}
<text class="tick" x="${x(0)}" y="${height - 3}">${milliseconds(originUs)}</text>
<text class="tick end" x="${width - 4}" y="${height - 3}">${milliseconds(originUs + trace.endUs)}</text>
${idle(gaps, x, top - 8, height)}
${clientLines(trace, lanes, { from: gutter, to: width - right })}
${ringLines(trace, x, nodesTop - 8, height)}
${trace.nodes.map((node) => {
  const y = lanes.get(node.name) ?? 0;
  return nodeLine(witness, node, { x, y, gutter, end: width - right, label });
})}
${trace.messages.length > 0 ? drawMessages(trace, x, lanes, originUs) : asked(trace, x, lanes)}
${operations(witness, { x, lanes, width, place })}
</svg></div>`;
}

/** Shades the line of each affected node while a fault lasts, faintly while the fault begins. */
function shades(
  { faults }: Trace,
  x: (us: number) => number,
  lanes: ReadonlyMap<string, number>,
): Markup {
  const shade = (
    y: number,
    title: string,
    [fromUs, toUs]: readonly [number, number],
    kind: string,
  ): Markup => {
    const [from, to] = [x(fromUs), x(toUs)];
    return markup`<rect class="${kind}" x="${from}" y="${y - 14}" width="${round(Math.max(2, to - from))}" height="28">
<title>${title}</title></rect>`;
  };
  return markup`${faults.map(({ label, nodes, fromUs, toUs, fullFromUs }) =>
    nodes.map((node) => {
      const y = lanes.get(node);
      return (
        y !== undefined && [
          fullFromUs > fromUs && shade(y, `${label} begins`, [fromUs, fullFromUs], "shade partly"),
          shade(y, label, [fullFromUs, toUs], "shade"),
        ]
      );
    }),
  )}`;
}

/** Draws the line of each client, with its name. */
function clientLines(
  { clients, operations: all }: Trace,
  lanes: ReadonlyMap<string, number>,
  { from, to }: { readonly from: number; readonly to: number },
): Markup {
  const final = new Set(all.filter((operation) => operation.final).map(({ client }) => client));
  return markup`${clients.map((name) => {
    const y = lanes.get(name) ?? 0;
    return markup`<text class="lane" x="8" y="${y + 4}">${name}</text>
${final.has(name) && markup`<text class="tick" x="8" y="${y + 16}">final reads</text>`}
<path class="down" d="M${from} ${y}H${to}"/>`;
  })}`;
}

/** Where a node's line lies in the diagram. */
interface Row {
  readonly x: (us: number) => number;
  readonly y: number;
  readonly gutter: number;
}

type Label = (versions: readonly string[]) => string;

/**
 * Draws the line of a node, with its name and its role. Also shows its boots, when the node owned the key, and
 * what it held, as far as that is known.
 */
function nodeLine(
  witness: Witness,
  { name, boots }: Trace["nodes"][number],
  { x, y, gutter, end, label }: Row & { readonly end: number; readonly label: Label },
): Markup {
  const { trace, replicas } = witness;
  const running = boots.filter(({ fromUs, toUs }) => toUs > 0 && fromUs < trace.endUs);
  const held = witness.inspections === undefined ? replicas.get(name) : undefined;
  return markup`<text class="lane" x="8" y="${y - 2}">${name}</text>
<text class="tick" x="8" y="${y + 11}">${roleOf(witness, name)}</text>
<path class="down" d="M${gutter} ${y}H${end}"/>
${running.map(({ fromUs, toUs, boot }) => {
  const from = x(fromUs);
  const line = `M${fromUs > 0 ? from : gutter} ${y}H${x(toUs)}`;
  return markup`<path class="up" d="${line}"><title>${name}${boot > 0 && `, boot ${boot}`}</title></path>
${
  fromUs > 0 &&
  boot > 0 &&
  markup`<path class="boot" d="M${from} ${y - 8}v16"/>
<text class="tick" x="${from + 3}" y="${y + 18}">boot ${boot}</text>`
}`;
})}
${owned(trace, name, { x, y, gutter })}${held && states(held, trace.endUs, { x, y, gutter }, label)}`;
}

/**
 * The node's role for the key. After a membership change, a replica may be a node that owns the key at no time of the
 * diagram. If the replicas are unknown, the text says only whether clients ask the node.
 */
function roleOf({ replicas, trace }: Witness, node: string): string {
  const isAsked = trace.operations.some((operation) => operation.node === node);
  if (replicas.size === 0) return isAsked ? "clients ask it" : "";
  if (!replicas.has(node)) {
    const hints = trace.messages.find(({ to, hintFor }) => to === node && hintFor !== undefined);
    if (hints?.hintFor !== undefined) return `hint for ${clip(hints.hintFor, 12)}`;
    return isAsked ? "coordinator" : "no replica";
  }
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
    .map(({ role, fromUs, toUs }) => {
      const from = fromUs > 0 ? x(fromUs) : gutter;
      const what = role === "owner" ? "owns the key" : "gets the key’s writes, but no reads";
      return markup`<path class="owns ${role}" d="M${from} ${y + 8}H${x(Math.min(toUs, endUs))}">
<title>${node} ${what}</title></path>`;
    })}`;
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
    const title = under === undefined ? name : `${name}: ${under}`;
    return markup`<path class="ring" d="M${at} ${from}V${height - 14}"><title>${title}</title></path>
${fits && markup`<text class="tick" x="${at + 3}" y="${from + 8}">${name}</text>`}`;
  })}`;
}

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
    const text = `${milliseconds(toUs - fromUs)} idle`;
    return markup`<path class="gap" d="M${middle} ${from}V${height - 14}"/>
${fits && markup`<text class="tick middle" x="${middle}" y="${height - 3}">${text}</text>`}`;
  })}`;
}

/**
 * Marks each change of the replica's state, with a tooltip: a filled diamond for data that was stored, a hollow one for
 * data that is gone or that an inspection showed. Writes the new state beside the mark if there is room.
 */
function states(held: readonly Held[], endUs: number, { x, y, gutter }: Row, label: Label): Markup {
  const before = held.findLast(({ fromUs }) => fromUs <= 0);
  const changes = held.filter(({ fromUs }) => fromUs > 0 && fromUs <= endUs);
  const first = `holds ${label(before?.versions ?? [])}`;
  let free = gutter + first.length * 6.4 + 10;
  return markup`<text class="state" x="${gutter + 2}" y="${y - 8}">${first}</text>
${changes.map((change, index) => {
  const at = x(change.fromUs);
  const text = stateText(change, changes[index - 1] ?? before, label);
  const fits = at >= free;
  if (fits) free = at + text.length * 6.4 + 10;
  const { cause, gone, inspected } = change;
  const title = `${text}${cause === undefined ? "" : `, by ${cause}`}${gone === undefined ? "" : `: ${gone}`}`;
  const mark = `M${at} ${y - 5}l4 5-4 5-4-5z`;
  return markup`<path class="sync${(gone !== undefined || inspected) && " gone"}" d="${mark}"><title>${title}</title></path>
${fits && markup`<text class="state" x="${at + 5}" y="${y - 8}">${text}</text>`}`;
})}`;
}

/**
 * The new state in few words: the values that the replica now holds or that an inspection showed, or what the replica
 * no longer has.
 */
function stateText(
  { versions, gone, inspected }: Held,
  before: Held | undefined,
  label: Label,
): string {
  if (inspected) return `shows ${label(versions)}`;
  if (gone === undefined) return label(versions);
  const was = label(before?.versions ?? []);
  return gone === "not found at the restart" ? `lost ${was}` : `dropped ${was}`;
}

const textOf = (operation: TraceOperation): string =>
  `#${operation.op} ${format.operation(operation)}`;

/**
 * For a diagram without messages: draws a dotted line from each operation to the node that the client asked, if both
 * have a line in the diagram.
 */
function asked(
  { operations: all }: Trace,
  x: (us: number) => number,
  lanes: ReadonlyMap<string, number>,
): Markup {
  return markup`${all.map(({ op, client, node, startUs }) => {
    const [from, to] = [lanes.get(client), lanes.get(node)];
    if (from === undefined || to === undefined) return undefined;
    return markup`<path class="asked" d="M${x(startUs)} ${from}V${to}"><title>#${op} asked ${node}</title></path>`;
  })}`;
}

/** Draws a bar for each operation, with a label where there is room. */
function operations(
  witness: Witness,
  {
    x,
    lanes,
    width,
    place,
  }: {
    readonly x: (us: number) => number;
    readonly lanes: ReadonlyMap<string, number>;
    readonly width: number;
    readonly place: number;
  },
): Markup {
  const { trace } = witness;
  const taken = new Map<string, number>();
  return markup`${trace.operations.map((operation) => {
    const [from, to] = [x(operation.startUs), x(operation.endUs ?? trace.endUs)];
    const length = Math.min(52, textOf(operation).length) * 6.2;
    const atEnd = from > width - 260;
    const begin = atEnd ? to - length : from;
    // A label goes below the line if it would overlap the previous one above, and is left out if there is no room
    // either. The bar's tooltip has the same text.
    const side = (["above", "below"] as const).find(
      (each) => begin >= (taken.get(`${each} ${operation.client}`) ?? 0),
    );
    if (side !== undefined) taken.set(`${side} ${operation.client}`, begin + length);
    const lane = { y: lanes.get(operation.client) ?? 0, label: { side, atEnd } };
    return bar(operation, witness, { from, to }, lane, place);
  })}`;
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
  const { op, f, outcome } = operation;
  const text = textOf(operation);
  const isNamed = witness.named.has(op);
  const classes = `bar-${f} ${outcome}${isNamed ? " named" : ""}`;
  const length = Math.max(4, round(to - from));
  const shown = side !== undefined && {
    x: atEnd ? to : from,
    y: side === "below" ? y + 21 : y - 13,
  };
  return markup`<a href="#e${place}-op${op}"><title>${text}</title>
<rect class="${classes}" x="${from}" y="${y - 6}" width="${length}" height="12"/>
${
  shown !== false &&
  markup`<text class="operation ${atEnd && "end"}" x="${shown.x}" y="${shown.y}">${
    isNamed && "⚑ "
  }${clip(text, 48)}</text>`
}</a>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
