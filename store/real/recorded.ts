/** Reads what a recorder wrote. */
import type { FrameSummary } from "../protocol/evidence.ts";
import { describeFrame } from "../protocol/evidence.ts";
import type { NodeName } from "../host.ts";
import type { Message } from "../protocol/protocol.ts";
import type { Occurrence } from "./recorder.ts";

export type RecordedFrame = {
  readonly e: "sent" | "received";
  readonly peer: string;
} & FrameSummary;

/** Node, time, order and content of an event. Frames are in the terms of protocol/evidence.ts. */
export type Recorded = {
  readonly atUs: number;
  readonly node: NodeName;
  readonly boot: number;
  readonly seq: number;
} & (Occurrence | RecordedFrame);

/**
 * A recorder's line about a frame, kept short since a request has several. `passed`: sent by this node to itself, and
 * received.
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

/** The events of one line. Throws SyntaxError if it was cut off. Checks nothing else, since the Host wrote it. */
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
