/** Messages in Maelstrom's envelope (doc/protocol.md), for nodes whose network is the harness. */
import type { Json } from "../../../checkers/index.ts";

/** The content of a message. `msg_id` and `in_reply_to` link requests and replies. */
export interface MessageBody {
  readonly type: string;
  readonly msg_id?: number;
  readonly in_reply_to?: number;
  readonly [field: string]: Json | undefined;
}

/** One message. */
export interface NodeMessage {
  readonly src: string;
  readonly dest: string;
  readonly body: MessageBody;
}

/** The deepest allowed nesting of a message. Recursive code must not run out of stack. */
const deepest = 200;

/** Parses a line. Returns the message, or what is wrong with the line as the end of a sentence. */
export function parseMessage(line: string): NodeMessage | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "a line that is no JSON";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return "JSON that is no object";
  const { src, dest, body } = value as Readonly<Record<string, unknown>>;
  if (typeof src !== "string") return 'a message without the text "src"';
  if (typeof dest !== "string") return 'a message without the text "dest"';
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return 'a message without the object "body"';
  const { type, msg_id: id, in_reply_to: repliesTo } = body as Readonly<Record<string, unknown>>;
  if (typeof type !== "string") return 'a message whose body has no text "type"';
  // Each level of nesting takes at least two characters, so a short line cannot be too deep.
  if (line.length > 2 * deepest && isDeeper(value, deepest))
    return `a message with more than ${deepest} nested levels`;
  for (const number of [id, repliesTo])
    if (number !== undefined && number !== null && !Number.isSafeInteger(number))
      return "a message whose msg_id or in_reply_to is no whole number between -2^53 and 2^53";
  return value as NodeMessage;
}

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1)));
