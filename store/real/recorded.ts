/** Reads back what a recorder wrote. */
import type { FrameSummary } from "../protocol/evidence.ts";
import { describeFrame } from "../protocol/evidence.ts";
import type { NodeName } from "../host.ts";
import type { Message } from "../protocol/protocol.ts";
import type { Occurrence } from "./recorder.ts";

export type RecordedFrame = {
  readonly e: "sent" | "received";
  readonly peer: string;
} & FrameSummary;

/** Who recorded it, when, in which order, and what: frames in the words of protocol/evidence.ts. */
export type Recorded = {
  readonly atUs: number;
  readonly node: NodeName;
  readonly boot: number;
  readonly seq: number;
} & (Occurrence | RecordedFrame);

/**
 * What a recorder writes of a frame: several of them tell of one request, so they are kept short. `passed`: sent by
 * this node to itself, and received.
 */
export type FrameLine = readonly [
  e: "sent" | "received" | "passed",
  peer: string,
  node: NodeName,
  boot: number,
  seconds: number,
  nanoseconds: number,
  seq: number,
  message: Message,
];

/** The events of one line. Throws SyntaxError where it was cut off; no more is checked, as the Host wrote it. */
export const parseRecorded = (line: string): readonly Recorded[] => {
  const event = JSON.parse(line) as Recorded | FrameLine;
  return isFrame(event) ? described(event) : [event];
};

const isFrame = (event: Recorded | FrameLine): event is FrameLine => Array.isArray(event);

const described = ([
  e,
  peer,
  node,
  boot,
  seconds,
  nanoseconds,
  seq,
  message,
]: FrameLine): readonly Recorded[] => {
  const summary = describeFrame(message);
  if (summary === null)
    throw new TypeError(`expected a frame that is recorded, got a ${message.type}`);
  const atUs = seconds * 1_000_000 + Math.floor(nanoseconds / 1000);
  if (e !== "passed") return [{ e, atUs, node, boot, seq, peer, ...summary }];
  return [
    { e: "sent", atUs, node, boot, seq, peer, ...summary },
    { e: "received", atUs, node, boot, seq: seq + 1, peer, ...summary },
  ];
};
