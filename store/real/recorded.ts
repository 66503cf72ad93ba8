/** Reads the evidence that a recorder wrote. */
import type { FrameSummary } from "../protocol/evidence.ts";
import { describeFrame } from "../protocol/evidence.ts";
import type { NodeName } from "../host.ts";
import type { Message } from "../protocol/protocol.ts";
import type { Occurrence } from "./recorder.ts";

export type RecordedFrame = {
  readonly e: "sent" | "received";
  readonly peer: string;
} & FrameSummary;

/**
 * An event of the evidence with its time, node, boot and order. Frames are described in the terms of
 * protocol/evidence.ts.
 */
export type Recorded = {
  readonly atUs: number;
  readonly node: NodeName;
  readonly boot: number;
  readonly seq: number;
} & (Occurrence | RecordedFrame);

/**
 * The line of a frame in the evidence. It is short, since each request has several. `passed` means that the node sent
 * the frame to itself and received it.
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

/**
 * The events in one line of the evidence. Throws SyntaxError if the line was cut off. Checks hardly anything else,
 * since the Host itself wrote the line.
 */
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
