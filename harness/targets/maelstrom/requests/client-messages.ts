/** Translates operations of a workload into messages, and replies into results. */
import { createHash } from "node:crypto";
import type { Json } from "../../../../generators/index.ts";
import type { MessageBody } from "../../../platforms/messages/message.ts";
import type { ClientRequest, Outcome } from "../../../platforms/session.ts";

/**
 * Sends a request to the session's node. Calls `done` with a reply of the type `wanted`. Any other reply ends the
 * operation.
 */
export type AskNode = (
  body: MessageBody,
  wanted: string,
  done: (reply: MessageBody) => void,
) => void;

/**
 * What a client remembers from one operation to the next. A new process of the client remembers only what all clients
 * share.
 */
export interface ClientMemory {
  /** The offset of the next message to poll from each log, by key. */
  readonly offsets: Map<string, number>;
  /** The offset of the last polled message of each log, by key. */
  readonly polled: Map<string, number>;
  /**
   * The acknowledged additions to sets and counters, and the number of operations with unknown outcome. All clients
   * share this.
   */
  readonly shared: SharedMemory;
}

export interface SharedMemory {
  readonly acknowledged: Json[];
  /** The number of operations with unknown outcome. */
  uncertain: number;
}

/** The messages with which clients carry out the operations of a workload. */
export interface ClientMessages {
  /**
   * Carries out an operation. `ask` passes on only replies of the wanted type.
   *
   * @throws ReplyError for a reply without something that the workload requires.
   */
  perform(
    request: ClientRequest,
    memory: ClientMemory,
    ask: AskNode,
    done: (outcome: Outcome) => void,
  ): void;
  /**
   * A request without effect. A node is ready if it replies with a result, or with an error that is not temporary.
   * Absent if nodes are ready at once.
   */
  readonly probe?: MessageBody;
  /**
   * Returns the outcome of an error that is a valid answer, such as a missing key. Returns null for other errors.
   * Absent if no error is a valid answer.
   */
  answered?(request: ClientRequest, code: number): Outcome | null;
  /**
   * Whether a node's reply to a read contains everything that it must contain in the end. Absent if the harness does
   * not wait until nodes agree.
   */
  isSettled?(reply: MessageBody, memory: SharedMemory): boolean;
}

/** A reply without something that the workload's documentation requires. */
export class ReplyError extends Error {
  readonly expected: string;

  constructor(expected: string) {
    super(`expected ${expected}`);
    this.expected = expected;
  }
}

/** Makes the `perform` of operations that are one request and one reply. */
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

/**
 * Returns the number of a key, since keys of Maelstrom's registers are numbers: k3 → 3. Workloads that are built from
 * registers have keys with other names. The elements of a set get numbers that are easy to read: k3-e21 → 2030021. All
 * other keys get a number far above, from a hash of their name.
 */
export function keyNumber(key: string): number {
  const [, of = "", element] = /^k(\d{1,6})(?:-e(\d{1,4}))?$/.exec(key) ?? [];
  if (of === "") return 2 ** 51 + createHash("sha256").update(key).digest().readUIntBE(0, 6);
  return element === undefined ? Number(of) : 2_000_000 + 10_000 * Number(of) + Number(element);
}

/**
 * Returns the number in a value's name: v12 → 12. `valueName` does the reverse for numbers. `valueName` turns any other
 * value into its JSON, which shows what the node returned.
 */
export const valueNumber = (value: string): number => Number(value.slice(1));
export const valueName = (value: Json): string =>
  typeof value === "number" ? `v${value}` : JSON.stringify(value);

/**
 * Returns the list in this field of the reply. Its elements may have any type. Throws ReplyError if there is no list.
 */
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

/** Returns the value of this field of the reply, of any type. Throws ReplyError if the field is missing. */
export function fieldIn(reply: MessageBody, field: string): Json {
  const value = reply[field];
  if (value !== undefined) return value;
  throw new ReplyError(`${reply.type} with "${field}"`);
}
