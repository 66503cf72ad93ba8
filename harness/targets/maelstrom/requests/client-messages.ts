/** How the operations of a workload are messages, and what their replies mean. */
import type { Json } from "../../../../generators/index.ts";
import type { MessageBody } from "../../../platforms/messages/message.ts";
import type { ClientRequest, Outcome } from "../../../platforms/session.ts";

/** Asks the node of the session; the reply is of the wanted type, or an error. */
export type AskNode = (
  body: MessageBody,
  wanted: string,
  done: (reply: MessageBody) => void,
) => void;

/**
 * What a client knows by itself, from one operation to the next. A new process of the client begins with none of it.
 */
export interface ClientMemory {
  /** Of logs: the offset of the next message to poll, by key. */
  readonly offsets: Map<string, number>;
  /** Of sets and counters, for all clients: what was acknowledged, and what may have happened. */
  readonly shared: SharedMemory;
}

export interface SharedMemory {
  readonly acknowledged: Json[];
  /** How much may have been added beside; 0: nothing. */
  uncertain: number;
}

/** The messages of one workload. */
export interface ClientMessages {
  /**
   * Carries an operation out. What is no reply of the wanted type never gets here.
   *
   * @throws ReplyError for a reply that has not the fields that it must have.
   */
  perform(
    request: ClientRequest,
    memory: ClientMemory,
    ask: AskNode,
    done: (outcome: Outcome) => void,
  ): void;
  /** A request that changes nothing, which a node that serves does not refuse. Absent: nodes serve at once. */
  readonly probe?: MessageBody;
  /** An error that is an answer: of a key that does not exist, for one. Absent: none is. */
  answered?(request: ClientRequest, code: number): Outcome | null;
  /** Whether what a node reads is all that it must read in the end. Absent: nodes need not agree. */
  isSettled?(reply: MessageBody, memory: SharedMemory): boolean;
}

/** A reply without the fields that the workload's documentation names. */
export class ReplyError extends Error {
  readonly expected: string;

  constructor(expected: string) {
    super(`expected ${expected}`);
    this.expected = expected;
  }
}

/** One request, one reply. */
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

/** k3 → 3: Maelstrom's keys of registers are numbers. */
export const keyNumber = (key: string): number => Number(key.slice(1));

/** v12 → 12, and back. Another value than clients write stays recognizable. */
export const valueNumber = (value: string): number => Number(value.slice(1));
export const valueName = (value: Json): string =>
  typeof value === "number" ? `v${value}` : JSON.stringify(value);

/** A list in the field, of whatever. */
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

/** The field, whatever it holds. */
export function fieldIn(reply: MessageBody, field: string): Json {
  const value = reply[field];
  if (value !== undefined) return value;
  throw new ReplyError(`${reply.type} with "${field}"`);
}
