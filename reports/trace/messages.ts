/**
 * Finds the messages between clients, nodes and services. Each message between nodes has a time of sending and, if
 * known, of arrival. Clients and services record no messages: both times of their messages are the time at the node,
 * and a lost message has no arrival.
 */
import { clientName } from "./client-name.ts";
import type { FrameEvent, HistoryEvent, Json } from "../../checkers/index.ts";
import { clip } from "../markup.ts";
import { milliseconds } from "../page/format.ts";
import { type OtherFrame, otherFrame } from "./other-frames.ts";
import type { TraceMessage } from "./trace-shape.ts";

/** The name in which the harness introduces itself to nodes, beginning with `init`. It gets no lane. */
const introducer = "c0";

export interface MessageFilter {
  /**
   * The client of each operation whose messages are wanted. Clients with other names (readiness, inspection) number
   * their requests separately.
   */
  readonly operations: ReadonlyMap<number, string>;
  readonly keys: ReadonlySet<string>;
  /**
   * Messages that pass through the harness and belong to no operation are wanted if they were sent or received from
   * `fromUs` to `toUs`.
   */
  readonly fromUs: number;
  readonly toUs: number;
  readonly limit: number;
  /** The value that a client wrote, for each version whose value is known. Labels name such a version by its value. */
  readonly values: ReadonlyMap<string, string>;
}

/**
 * The names of the harness's services in this history: endpoints that are no nodes and to which nodes send requests.
 */
export function servicesIn(
  events: readonly HistoryEvent[],
  nodes: readonly string[],
): readonly string[] {
  const asked = events.flatMap((event) =>
    event.e === "sent" && event.frame === "message" && repliesTo(event) === undefined
      ? [clip(event.peer, 60)]
      : [],
  );
  return [...new Set(asked)].filter((name) => !nodes.includes(name) && name !== introducer).sort();
}

/**
 * The messages of the filter's operations. Of messages without an operation: those that bring data of the filter's
 * keys, refuse to store it or are about its tombstones, and those that pass through the harness from `filter.fromUs` to
 * `filter.toUs`, except messages to and from `c0`. At most `filter.limit` messages are returned. `omitted` is the
 * number of the others.
 */
export function traceMessages(
  events: readonly HistoryEvent[],
  filter: MessageFilter,
  originUs: number,
): { readonly messages: readonly TraceMessage[]; readonly omitted: number } {
  const nodes = new Set(events.flatMap((event) => (event.e === "run" ? event.nodes : [])));
  const arrivals = new Map<string, number[]>();
  const sent: FrameEvent[] = [];
  for (const event of events) {
    if ((event.e !== "sent" && event.e !== "received") || !wanted(event, filter)) continue;
    if (event.e === "sent") sent.push(event);
    else arrivals.set(pairing(event), [...(arrivals.get(pairing(event)) ?? []), event.atUs]);
  }
  const version = versionNamer(filter.values);
  // Clients record no messages. Evidence shows a client's messages only when they reach or leave a node.
  const fromClients = events.filter(
    (event) =>
      event.e === "received" && (isClientRequest(event) || isWhole(event)) && wanted(event, filter),
  ) as readonly FrameEvent[];
  const messages = [
    ...fromClients.map((event) =>
      message(event, event.peer, event.node, { originUs, version, receivedUs: event.atUs }),
    ),
    ...sent.map((event) =>
      message(event, event.node, event.peer, {
        originUs,
        version,
        receivedUs:
          isClientReply(event) || (event.frame === "message" && arrivesUnseen(event, nodes))
            ? event.atUs
            : arrivals.get(pairing(event))?.shift(),
      }),
    ),
  ].sort((a, b) => a.sentUs - b.sentUs);
  return {
    messages:
      messages.length <= filter.limit ? messages : ofOperationsFirst(messages, filter.limit),
    omitted: Math.max(0, messages.length - filter.limit),
  };
}

/**
 * At most `limit` messages, sorted by time. If there are more, messages of clients' operations are preferred to other
 * messages between nodes.
 */
const ofOperationsFirst = (
  messages: readonly TraceMessage[],
  limit: number,
): readonly TraceMessage[] =>
  [
    ...messages.filter(({ op }) => op !== undefined),
    ...messages.filter(({ op }) => op === undefined),
  ]
    .slice(0, limit)
    .sort((a, b) => a.sentUs - b.sentUs);

/** Names a version for a reader. */
type VersionName = (version: string) => string;

/**
 * Names a version by the value that a client wrote, with the version itself: "v0 (0012-n1)". If the value is unknown,
 * the name is the version.
 */
const versionNamer =
  (values: ReadonlyMap<string, string>): VersionName =>
  (version) => {
    const value = values.get(version);
    return value === undefined ? clip(version, 60) : `${clip(value, 40)} (${clip(version, 60)})`;
  };

function message(
  event: FrameEvent,
  from: string,
  to: string,
  {
    originUs,
    version,
    receivedUs,
  }: {
    readonly originUs: number;
    readonly version: VersionName;
    readonly receivedUs: number | undefined;
  },
): TraceMessage {
  const op = operationOf(event);
  const fate = fateOf(event);
  return {
    from: clientName(clip(from, 60)),
    to: clientName(clip(to, 60)),
    sentUs: event.atUs - originUs,
    ...(receivedUs !== undefined && { receivedUs: receivedUs - originUs }),
    kind: kindOf(event),
    label: labelOf(event, version),
    ...(op !== undefined && { op }),
    ...(event.frame === "replica-write" &&
      event.hintFor !== undefined && { hintFor: clip(event.hintFor, 60) }),
    ...(fate !== undefined && { fate }),
  };
}

/** The operation that the message belongs to. Undefined: it belongs to none, or the evidence does not show it. */
const operationOf = (event: FrameEvent): number | undefined =>
  "trace" in event ? event.trace : meaningOf(event)?.op;

/**
 * What the text of a message means, if the history records the message only as text (frame `other`). Undefined: the
 * text is not a known one, or the message has another frame.
 */
const meaningOf = (event: FrameEvent): OtherFrame | undefined =>
  event.frame === "other" ? otherFrame(event.detail) : undefined;

/**
 * What the network did to a message, for example "held for 36.1 ms, delivered twice". Undefined: the history records
 * nothing of this kind.
 */
export function fateOf(event: FrameEvent): string | undefined {
  if (event.frame !== "message") return undefined;
  const said = [
    ...(event.delayUs === undefined ? [] : [`held for ${milliseconds(event.delayUs)}`]),
    ...(event.fate === undefined ? [] : [event.fate === "twice" ? "delivered twice" : event.fate]),
  ];
  return said.length === 0 ? undefined : said.join(", ");
}

/**
 * Whether the received message has a body. Only messages from clients, services and the harness have one, since no
 * event records their sending.
 */
const isWhole = (event: FrameEvent): boolean =>
  event.frame === "message" && event.body !== undefined;

/** Whether the message was not lost and went to a client or a service. Clients and services record no arrivals. */
const arrivesUnseen = (
  { peer, fate }: FrameEvent & { readonly frame: "message" },
  nodes: ReadonlySet<string>,
): boolean => !nodes.has(peer) && fate !== "lost";

const fieldsOf = (event: FrameEvent): Readonly<Record<string, Json>> =>
  event.frame === "message" && typeof event.body === "object" && event.body !== null
    ? (event.body as Readonly<Record<string, Json>>)
    : {};

const repliesTo = (event: FrameEvent): Json | undefined => fieldsOf(event)["in_reply_to"];

function kindOfBody(event: FrameEvent): TraceMessage["kind"] {
  if (fieldsOf(event)["type"] === "error") return "error";
  return repliesTo(event) === undefined ? "request" : "reply";
}

/** The label of a message, for example "append_entries: term 3, entries []". */
function labelOfMessage(event: FrameEvent & { readonly frame: "message" }): string {
  const { type, ...fields } = fieldsOf(event);
  const said = Object.entries(fields).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return clip(`${String(type)}${said.length === 0 ? "" : `: ${said.join(", ")}`}`, 300);
}

function wanted(event: FrameEvent, filter: MessageFilter): boolean {
  if (event.frame === "message" && event.trace === undefined)
    return event.peer !== introducer && event.atUs >= filter.fromUs && event.atUs <= filter.toUs;
  if ("trace" in event && event.trace !== undefined) {
    const client = filter.operations.get(event.trace);
    if (event.frame === "message") return client !== undefined;
    return (
      client !== undefined &&
      ((!isClientRequest(event) && !isClientReply(event)) ||
        clientName(clip(event.peer, 60)) === client)
    );
  }
  if (event.frame === "replica-write") return filter.keys.has(event.key);
  const meaning = meaningOf(event);
  if (meaning === undefined) return false;
  return meaning.op === undefined
    ? meaning.key !== undefined && filter.keys.has(meaning.key)
    : filter.operations.has(meaning.op);
}

const isClientRequest = (event: FrameEvent): boolean =>
  event.frame === "client-read" || event.frame === "client-write";
const isClientReply = (event: FrameEvent): boolean =>
  event.frame === "client-read-ok" ||
  event.frame === "client-write-ok" ||
  event.frame === "client-error";

/**
 * A text that is equal for the sending and the arrival of one message. Streams are ordered, so if several frames on a
 * stream have the same text, the first sent is the first received.
 */
function pairing(event: FrameEvent): string {
  const [from, to] = event.e === "sent" ? [event.node, event.peer] : [event.peer, event.node];
  const request = "request" in event ? event.request : "";
  const trace = "trace" in event ? event.trace : "";
  if (event.frame === "message") return JSON.stringify([from, to, event.message]);
  if (event.frame === "other") return JSON.stringify([from, to, event.frame, event.detail]);
  return JSON.stringify([from, to, event.frame, request, trace]);
}

function kindOf(event: FrameEvent): TraceMessage["kind"] {
  switch (event.frame) {
    case "client-read":
    case "client-write":
    case "replica-read":
      return "request";
    case "replica-write":
      return (
        {
          write: "request",
          "read-repair": "read-repair",
          "anti-entropy": "exchange",
          handoff: "handoff",
          stream: "stream",
        } as const
      )[event.cause];
    case "client-read-ok":
    case "client-write-ok":
    case "replica-write-ok":
    case "replica-read-ok":
      return "reply";
    case "client-error":
    case "replica-error":
      return "error";
    case "stream":
      return "stream";
    case "exchange":
      return "exchange";
    case "message":
      return kindOfBody(event);
    case "other":
      return meaningOf(event)?.kind ?? "request";
  }
}

const hintText = (hintFor: string | undefined): string =>
  hintFor === undefined ? "" : `, as a hint for ${clip(hintFor, 60)}`;

function labelOf(event: FrameEvent, version: VersionName): string {
  const versions = (names: readonly string[]): string =>
    names.length === 0 ? "nothing" : clip(names.map(version).join(", "), 200);
  switch (event.frame) {
    case "replica-write":
      return `${event.cause}${hintText(event.hintFor)}: ${versions(event.versions)}`;
    case "replica-read-ok":
    case "client-read-ok":
    case "client-write-ok":
      return `${event.frame}: ${versions(event.versions)}`;
    case "client-error":
    case "replica-error":
      return `${event.frame}: ${clip(event.code, 60)}`;
    case "message":
      return labelOfMessage(event);
    case "other":
      return clip(meaningOf(event)?.label(version) ?? event.frame, 300);
    default:
      return event.frame;
  }
}
