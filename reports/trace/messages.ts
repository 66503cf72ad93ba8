/** The frames between clients and replicas, each sending paired with its arrival. */
import type { FrameEvent, HistoryEvent } from "../../checkers/index.ts";
import { clip } from "../markup.ts";
import type { TraceMessage } from "./trace-shape.ts";

export interface MessageFilter {
  /** Operation → its client. Other clients (readiness, inspection) number their requests on their own. */
  readonly operations: ReadonlyMap<number, string>;
  readonly keys: ReadonlySet<string>;
  readonly limit: number;
}

/** Frames of these operations, and background repair of these keys; `omitted` says how many more there were. */
export function traceMessages(
  events: readonly HistoryEvent[],
  filter: MessageFilter,
  originUs: number,
): { readonly messages: readonly TraceMessage[]; readonly omitted: number } {
  const arrivals = new Map<string, number[]>();
  const sent: FrameEvent[] = [];
  for (const event of events) {
    if ((event.e !== "sent" && event.e !== "received") || !wanted(event, filter)) continue;
    if (event.e === "sent") sent.push(event);
    else arrivals.set(pairing(event), [...(arrivals.get(pairing(event)) ?? []), event.atUs]);
  }
  // A client has no Host: what it sends is seen on arrival only, what it is sent on departure only.
  const fromClients = events.filter(
    (event) => event.e === "received" && isClientRequest(event) && wanted(event, filter),
  ) as readonly FrameEvent[];
  const messages = [
    ...fromClients.map((event) =>
      message(event, event.atUs, event.peer, event.node, originUs, event.atUs),
    ),
    ...sent.map((event) =>
      message(
        event,
        event.atUs,
        event.node,
        event.peer,
        originUs,
        isClientReply(event) ? event.atUs : arrivals.get(pairing(event))?.shift(),
      ),
    ),
  ].sort((a, b) => a.sentUs - b.sentUs);
  return {
    messages: messages.slice(0, filter.limit),
    omitted: Math.max(0, messages.length - filter.limit),
  };
}

function message(
  event: FrameEvent,
  sentUs: number,
  from: string,
  to: string,
  originUs: number,
  receivedUs: number | undefined,
): TraceMessage {
  const trace = "trace" in event ? event.trace : undefined;
  return {
    from: clip(from, 60),
    to: clip(to, 60),
    sentUs: sentUs - originUs,
    ...(receivedUs !== undefined && { receivedUs: receivedUs - originUs }),
    kind: kindOf(event),
    label: labelOf(event),
    ...(trace !== undefined && { op: trace }),
  };
}

function wanted(event: FrameEvent, filter: MessageFilter): boolean {
  if ("trace" in event && event.trace !== undefined) {
    const client = filter.operations.get(event.trace);
    return (
      client !== undefined &&
      ((!isClientRequest(event) && !isClientReply(event)) || clip(event.peer, 60) === client)
    );
  }
  return event.frame === "replica-write" && filter.keys.has(event.key);
}

const isClientRequest = (event: FrameEvent): boolean =>
  event.frame === "client-read" || event.frame === "client-write";
const isClientReply = (event: FrameEvent): boolean =>
  event.frame === "client-read-ok" ||
  event.frame === "client-write-ok" ||
  event.frame === "client-error";

/** Streams are ordered, so of equal frames on one stream the first sent is the first received. */
function pairing(event: FrameEvent): string {
  const [from, to] = event.e === "sent" ? [event.node, event.peer] : [event.peer, event.node];
  const request = "request" in event ? event.request : "";
  const trace = "trace" in event ? event.trace : "";
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
    case "exchange":
      return "exchange";
    case "other":
      return "request";
  }
}

function labelOf(event: FrameEvent): string {
  switch (event.frame) {
    case "replica-write":
      return `${event.cause}: ${versions(event.versions)}`;
    case "replica-read-ok":
    case "client-read-ok":
    case "client-write-ok":
      return `${event.frame}: ${versions(event.versions)}`;
    case "client-error":
    case "replica-error":
      return `${event.frame}: ${clip(event.code, 60)}`;
    default:
      return event.frame;
  }
}

const versions = (names: readonly string[]): string =>
  names.length === 0 ? "nothing" : clip(names.join(", "), 80);
