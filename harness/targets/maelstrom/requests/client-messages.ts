/** Translates operations of a workload into messages, and replies into results. */
import type { Json } from "../../../../generators/index.ts";
import type { MessageBody } from "../../../platforms/messages/message.ts";
import type { ClientRequest, Outcome } from "../../../platforms/session.ts";

/** Asks the session's node. Calls `done` with a reply of the type `wanted`. Any other reply ends the operation. */
export type AskNode = (
  body: MessageBody,
  wanted: string,
  done: (reply: MessageBody) => void,
) => void;

/** What a client remembers from one operation to the next. A new process of the client starts empty. */
export interface ClientMemory {
  /** For logs: the offset of the next message to poll, by key. */
  readonly offsets: Map<string, number>;
  /** For sets and counters: the acknowledged additions, and whether others may have happened. All clients share it. */
  readonly shared: SharedMemory;
}

export interface SharedMemory {
  readonly acknowledged: Json[];
  /** The number of operations with unknown outcome. */
  uncertain: number;
}

/** The messages of a workload. */
export interface ClientMessages {
  /**
   * Carries out an operation. Replies of the wrong type never reach it.
   *
   * @throws ReplyError for a reply that lacks a required field.
   */
  perform(
    request: ClientRequest,
    memory: ClientMemory,
    ask: AskNode,
    done: (outcome: Outcome) => void,
  ): void;
  /** A request without effect that a ready node does not refuse. Absent: nodes are ready at once. */
  readonly probe?: MessageBody;
  /** The outcome of an error that is a valid answer, such as a missing key. Null: it is none. Absent: no error is. */
  answered?(request: ClientRequest, code: number): Outcome | null;
  /** Whether a node's reply contains everything it must return in the end. Absent: nodes need not agree. */
  isSettled?(reply: MessageBody, memory: SharedMemory): boolean;
}

/** A reply that lacks fields which the workload's documentation requires. */
export class ReplyError extends Error {
  readonly expected: string;

  constructor(expected: string) {
    super(`expected ${expected}`);
    this.expected = expected;
  }
}

/** An operation that is one request and one reply. */
export const simply =
  (
    bodyOf: (request: ClientRequest) => MessageBody,
    outcomeOf: (reply: MessageBody, request: ClientRequest, memory: ClientMemory) => Outcome,
  ): ClientMessages["perform"] =>
  (request, memory, ask, done) => {
    const body = bodyOf(request);
    ask(body, `${body.type}_ok`, (reply) => done(outcomeOf(reply, request, memory)));
  };

export const argument = ({ args }: ClientRequest, name: string): Json => args?.[name] ?? null;

/** k3 → 3: Maelstrom's register keys are numbers. */
export const keyNumber = (key: string): number => Number(key.slice(1));

/** v12 → 12, and back. A value that no client writes stays recognizable. */
export const valueNumber = (value: string): number => Number(value.slice(1));
export const valueName = (value: Json): string =>
  typeof value === "number" ? `v${value}` : JSON.stringify(value);

/** The list in the field, with elements of any type. */
export function listIn(reply: MessageBody, field: string): readonly Json[] {
  const value = reply[field];
  if (Array.isArray(value)) return value as readonly Json[];
  throw new ReplyError(`${reply.type} with a list "${field}"`);
}

export function numberIn(reply: MessageBody, field: string): number {
  const value = reply[field];
  if (typeof value === "number") return value;
  throw new ReplyError(`${reply.type} with a number "${field}"`);
}

/** The field's value of any type. */
export function fieldIn(reply: MessageBody, field: string): Json {
  const value = reply[field];
  if (value !== undefined) return value;
  throw new ReplyError(`${reply.type} with "${field}"`);
}
