/** Draws the messages of a space-time diagram as arrows. */
import { type Markup, markup } from "../markup.ts";
import { milliseconds } from "../page/format.ts";
import type { Trace, TraceMessage } from "../trace/trace-shape.ts";

/** How far the arrow of a message without a known arrival extends below or above its sender's line, in pixels. */
const lostLength = 19;
const characterWidth = 5.2;

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

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The place of a text in pixels: it extends from `from` to `to`, and its baseline is at `y`. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly y: number;
}

/**
 * Draws the arrows. If there is room, the text beside an arrow says what the network did to the message, or when the
 * message arrives after the diagram's end. `originUs` is the time of the history at which the diagram begins.
 */
export function drawMessages(
  trace: Trace,
  x: (us: number) => number,
  lanes: ReadonlyMap<string, number>,
  originUs: number,
): Markup {
  const taken: Span[] = [];
  const rightmost = x(trace.endUs) + 12;
  return markup`${trace.messages.map((message) => {
    const [y1, y2] = [lanes.get(message.from), lanes.get(message.to)];
    if (y1 === undefined || y2 === undefined || y1 === y2) return undefined;
    const { receivedUs, sentUs } = message;
    const start = { x: x(sentUs), y: y1 };
    const end = arrowEnd(start, y2, message, trace.endUs, x);
    const isWhole = receivedUs !== undefined && receivedUs <= trace.endUs;
    const text = fateText(message, trace.endUs, originUs);
    const note =
      text === undefined ? undefined : noteAt(start, end, { text, isWhole, rightmost }, taken);
    return markup`<g class="message ${message.kind}"><title>${titleOf(message)}</title>
<path class="shaft" d="M${start.x} ${start.y}L${end.x} ${end.y}"/><path d="${headOf(start, end, message, isWhole)}"/>
${signOf(message, start, end)}${note}</g>`;
  })}`;
}

/**
 * Where the arrow ends: at the receiver's line, at the diagram's right end, or near the sender's line if no arrival is
 * known.
 */
function arrowEnd(
  start: Point,
  y2: number,
  { sentUs, receivedUs }: TraceMessage,
  endUs: number,
  x: (us: number) => number,
): Point {
  if (receivedUs === undefined)
    return { x: start.x + 10, y: start.y + Math.sign(y2 - start.y) * lostLength };
  if (receivedUs <= endUs) return { x: x(receivedUs), y: y2 };
  const part = (endUs - sentUs) / (receivedUs - sentUs);
  return { x: x(endUs), y: round(start.y + part * (y2 - start.y)) };
}

/**
 * A cross for a message without a known arrival, a tip for one that arrived within the diagram's time, nothing for one
 * that arrives later.
 */
function headOf(
  start: Point,
  { x, y }: Point,
  { receivedUs }: TraceMessage,
  isWhole: boolean,
): string {
  if (receivedUs === undefined) return `M${x - 4} ${y - 4}l8 8m0-8l-8 8`;
  if (!isWhole) return "";
  const angle = Math.atan2(y - start.y, x - start.x);
  const tip = (turn: number): string =>
    `${round(x - 8 * Math.cos(angle + turn))} ${round(y - 8 * Math.sin(angle + turn))}`;
  return `M${tip(0.4)}L${x} ${y}L${tip(-0.4)}`;
}

function signOf({ kind }: TraceMessage, start: Point, end: Point): Markup | undefined {
  const sign = signs[kind](round((start.x + end.x) / 2), round((start.y + end.y) / 2));
  return sign === undefined ? undefined : markup`<path class="sign" d="${sign}"/>`;
}

/**
 * What the network did to the message, or when the message arrives after the diagram's end. Undefined: neither is
 * known.
 */
function fateText(
  { receivedUs, fate }: TraceMessage,
  endUs: number,
  originUs: number,
): string | undefined {
  if (receivedUs === undefined)
    return fate === undefined || fate.includes("lost") ? fate : `${fate}, not arrived`;
  if (receivedUs > endUs) return `arrives at ${milliseconds(originUs + receivedUs)}`;
  return fate;
}

/**
 * The text to the right of the arrow, or to its left near the diagram's right end. Undefined: it would overlap another
 * text.
 */
function noteAt(
  start: Point,
  end: Point,
  {
    text,
    isWhole,
    rightmost,
  }: { readonly text: string; readonly isWhole: boolean; readonly rightmost: number },
  taken: Span[],
): Markup | undefined {
  const length = text.length * characterWidth;
  const tip = isWhole ? { x: (start.x + end.x) / 2 - 2, y: (start.y + end.y) / 2 } : end;
  const isLeft = tip.x + 7 + length > rightmost;
  const from = isLeft ? tip.x - 7 - length : tip.x + 7;
  const span = { from, to: from + length, y: tip.y + 3 };
  if (
    taken.some(
      (other) => Math.abs(other.y - span.y) < 11 && other.from < span.to && span.from < other.to,
    )
  )
    return undefined;
  taken.push(span);
  return markup`<text class="fate" x="${round(from)}" y="${round(span.y)}">${text}</text>`;
}

function titleOf({ from, to, label, op, fate, receivedUs }: TraceMessage): string {
  const of = op === undefined ? "" : ` (#${op})`;
  const how = fate === undefined ? "" : `; ${fate}`;
  return `${from} → ${to}: ${label}${of}${how}${receivedUs === undefined ? ", no arrival seen" : ""}`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
