/**
 * Says why a message of an operation did not reach a replica, or had no effect there: the replica was down, paused, cut
 * off or not connected, refused the message, or got none. Evidence of the nodes shows it. Where it does not, the text
 * says so.
 */
import type { FaultEvent, FrameEvent, HistoryEvent } from "../../checkers/index.ts";
import { clip } from "../markup.ts";
import { milliseconds } from "../page/format.ts";
import { allOf } from "../report-messages.ts";
import { faultLabel } from "./trace-faults.ts";
import { otherFrame } from "./other-frames.ts";
import type { Replicas } from "./replicas.ts";
import type { Trace, TraceOperation } from "./trace-shape.ts";

/** What the sentences need of a history. */
export interface Seen {
  readonly events: readonly HistoryEvent[];
  readonly trace: Trace;
  readonly originUs: number;
  /** What the replicas of the operation's key held over time. */
  readonly replicas: Replicas;
  /** The value that a client wrote, for each version. */
  readonly values: ReadonlyMap<string, string>;
}

/** What is said where the evidence does not tell more. */
export const notShown = "the evidence does not show why";

const name = (text: string): string => clip(text, 60);

/**
 * Why the replica did not store the write when the write was sent to replicas: "n1 did not send the write: n3 was down
 * from 2.0 ms to 46.0 ms". Only for a replica that never had the write, or got it by repair.
 */
export function whyNotStored(seen: Seen, write: TraceOperation, node: string): string {
  if (!ownedThen(seen, write, node)) return "the key had other owners when the write began";
  const own = writesOf(seen, write);
  const sent = own.filter((event) => event.e === "sent");
  const [direct] = sent.filter((event) => event.peer === node && !isHint(event));
  const [arrived] = own.filter(
    (event) => event.e === "received" && event.node === node && !isHint(event),
  );
  if (arrived !== undefined) return afterArrival(seen, write, node, arrived);
  if (direct !== undefined)
    return `${name(direct.node)} sent the write at ${at(seen, direct)}, but the message did not arrive: ${whyLost(seen, direct.node, node, direct.atUs)}`;
  const [hint] = sent.filter((event) => isHint(event, node));
  if (hint !== undefined)
    return `${name(hint.node)} sent the write as a hint for ${name(node)} to ${name(hint.peer)} at ${at(seen, hint)}: ${whyLost(seen, hint.node, node, hint.atUs)}`;
  const [first] = sent;
  if (first !== undefined)
    return `${name(first.node)} did not send the write: ${whyLost(seen, first.node, node, first.atUs)}`;
  return notShown;
}

/**
 * When the replica received the write itself, by the history's clock. Undefined: the evidence shows no such message.
 */
export function receivedUs(seen: Seen, write: TraceOperation, node: string): number | undefined {
  const arrived = writesOf(seen, write).find(
    (event) => event.e === "received" && event.node === node && !isHint(event),
  );
  return arrived && arrived.atUs - seen.originUs;
}

/**
 * Why a replica's answer had no part in a read: "n2 answered too late", "n1 was not asked". Undefined if the evidence
 * shows no message of the read.
 */
export function whyNoAnswer(seen: Seen, read: TraceOperation, node: string): string | undefined {
  const own = framesOf(seen, read.op);
  const asked = own.filter((event) => event.e === "sent" && event.frame === "replica-read");
  const [first] = asked;
  if (first === undefined) return undefined;
  const direct = asked.find((event) => event.peer === node);
  if (direct === undefined)
    return `${name(first.node)} did not ask ${name(node)}${reasonAfter(seen, first.node, node, first.atUs)}`;
  const refused = own.find(
    (event) => event.e === "received" && event.frame === "replica-error" && event.peer === node,
  );
  if (refused?.frame === "replica-error") return `${name(node)} refused with ${name(refused.code)}`;
  const arrived = own.some(
    (event) => event.e === "received" && event.frame === "replica-read" && event.node === node,
  );
  return arrived
    ? `${name(node)} was asked, but no answer from ${name(node)} arrived: ${whyLost(seen, node, direct.node, direct.atUs)}`
    : `${name(node)} was asked, but the request did not arrive: ${whyLost(seen, direct.node, node, direct.atUs)}`;
}

/** Whether the node was to get the key's writes when this write began. True if membership never changed. */
function ownedThen(
  { trace: { owners } }: Seen,
  { key, startUs }: TraceOperation,
  node: string,
): boolean {
  return (
    owners === undefined ||
    owners.some(
      (owner) =>
        owner.key === key &&
        owner.node === name(node) &&
        owner.fromUs <= startUs &&
        startUs < owner.toUs,
    )
  );
}

function reasonAfter(seen: Seen, from: string, to: string, atUs: number): string {
  const why = whyLost(seen, from, to, atUs);
  return why === notShown ? "" : `: ${why}`;
}

function afterArrival(
  seen: Seen,
  write: TraceOperation,
  node: string,
  arrived: FrameEvent,
): string {
  const got = `${name(node)} received the write at ${at(seen, arrived)}`;
  const refused = framesOf(seen, write.op).find(
    (event) =>
      event.frame === "replica-error" && (event.e === "sent" ? event.node : event.peer) === node,
  );
  if (refused?.frame === "replica-error")
    return `${got} and refused the write with ${name(refused.code)}`;
  const why = refusalOf(seen, node, arrived);
  if (why !== undefined) return `${got} and refused to store the write: ${name(why)}`;
  const ended = bootEnd(seen, node, arrived.atUs);
  if (ended !== undefined)
    return `${got}, but its process ended at ${milliseconds(ended)}, before the write was synced`;
  const before = seen.replicas
    .get(node)
    ?.findLast(({ fromUs }) => fromUs <= arrived.atUs - seen.originUs);
  if (before !== undefined && before.versions.length > 0)
    return `${got}, when it already held ${allOf(before.versions.map((version) => name(seen.values.get(version) ?? version)))}, and did not sync the write`;
  return `${got} and did not sync the write; ${notShown}`;
}

/** Why the node refused this request. Undefined: the evidence shows no refusal. */
function refusalOf({ events }: Seen, node: string, arrived: FrameEvent): string | undefined {
  for (const event of events) {
    if (event.e !== "sent" || event.frame !== "other") continue;
    if (event.node !== node || event.peer !== arrived.peer || event.atUs < arrived.atUs) continue;
    const refused = otherFrame(event.detail)?.refused;
    if (refused !== undefined && "request" in arrived && refused.request === arrived.request)
      return refused.why;
  }
  return undefined;
}

/** When the boot that ran at this time ended. Undefined: it ran until the end of the history. */
function bootEnd({ trace, originUs }: Seen, node: string, atUs: number): number | undefined {
  const boots = trace.nodes.find((one) => one.name === name(node))?.boots ?? [];
  const us = atUs - originUs;
  const running = boots.find(({ fromUs, toUs }) => fromUs <= us && us <= toUs);
  return running === undefined || running.toUs >= trace.endUs ? undefined : running.toUs;
}

/** Why a message from one node to another does not arrive at this time, without a full stop. */
function whyLost(seen: Seen, from: string, to: string, atUs: number): string {
  return (
    whyDown(seen, to, atUs) ??
    whyPaused(seen, to, atUs) ??
    whyCut(seen, from, to, atUs) ??
    whyUnconnected(seen, from, to, atUs) ??
    notShown
  );
}

function whyDown(seen: Seen, node: string, atUs: number): string | undefined {
  const boots = seen.trace.nodes.find((one) => one.name === name(node))?.boots ?? [];
  const us = atUs - seen.originUs;
  if (boots.length === 0 || boots.some(({ fromUs, toUs }) => fromUs <= us && us < toUs))
    return undefined;
  const before = boots.findLast(({ toUs }) => toUs <= us);
  const after = boots.find(({ fromUs }) => fromUs > us);
  const from = before === undefined ? "the beginning" : milliseconds(before.toUs);
  return `${name(node)} was down from ${from} ${after === undefined ? "on" : `to ${milliseconds(after.fromUs)}`}`;
}

function whyPaused({ trace, originUs }: Seen, node: string, atUs: number): string | undefined {
  const us = atUs - originUs;
  const pause = trace.nodes
    .find((one) => one.name === name(node))
    ?.pauses.find(({ fromUs, toUs }) => fromUs <= us && us < toUs);
  return (
    pause &&
    `${name(node)} was paused from ${milliseconds(pause.fromUs)} to ${milliseconds(pause.toUs)}`
  );
}

/** The fault in force that cut the link, or that affected one of its ends in another way. */
function whyCut(seen: Seen, from: string, to: string, atUs: number): string | undefined {
  const active = faultsAt(seen.events, atUs);
  const cut = active.find(({ cuts }) => cuts?.some(([a, b]) => a === from && b === to));
  return cut && `${faultLabel(cut)} cut the link`;
}

/** The faults in force at this time, as their first event describes them. */
function faultsAt(events: readonly HistoryEvent[], atUs: number): readonly FaultEvent[] {
  const active = new Map<number, FaultEvent>();
  for (const event of events) {
    if (event.e !== "fault" || event.atUs > atUs) continue;
    if (event.phase === "inject" || event.phase === "injected") active.set(event.fault, event);
    if (event.phase === "healed") active.delete(event.fault);
  }
  return [...active.values()];
}

/** Whether the sender had lost its connection to the receiver. Only the bundled store records its connections. */
function whyUnconnected(seen: Seen, from: string, to: string, atUs: number): string | undefined {
  const last = seen.events.findLast(
    (event) =>
      event.e === "explain" &&
      event.node === from &&
      event.atUs <= atUs &&
      event.what.startsWith("link ") &&
      event.detail?.split(":")[0] === to,
  );
  if (last?.e !== "explain" || last.what !== "link down") return undefined;
  const [, cause = ""] = last.detail?.split(": ") ?? [];
  return `${name(from)} had lost its connection to ${name(to)} at ${milliseconds(last.atUs - seen.originUs)}${cause === "" ? "" : ` (${name(cause)})`}`;
}

const at = ({ originUs }: Seen, { atUs }: FrameEvent): string => milliseconds(atUs - originUs);

/** Whether the message carries a hint: for this node, or for any. */
const isHint = (event: FrameEvent, node?: string): boolean =>
  event.frame === "replica-write" &&
  event.hintFor !== undefined &&
  (node === undefined || event.hintFor === node);

/** The messages that carry the write itself to replicas, not a repair. */
const writesOf = (seen: Seen, { op }: TraceOperation): readonly FrameEvent[] =>
  framesOf(seen, op).filter((event) => event.frame === "replica-write" && event.cause === "write");

/** The messages of an operation, in the order of their events. */
const framesOf = ({ events }: Seen, op: number): readonly FrameEvent[] =>
  events.filter(
    (event): event is FrameEvent =>
      (event.e === "sent" || event.e === "received") && "trace" in event && event.trace === op,
  );
