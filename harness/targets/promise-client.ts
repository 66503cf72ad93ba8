/** Clients written with promises, around the store's own code, an HTTP API or a driver. */
import type { NodeName, ReplicaState, ShownValue, VersionVector } from "../../checkers/index.ts";
import type { Json, Levels, Settings } from "../../generators/index.ts";
import { EnvironmentError } from "../errors.ts";
import type { ClusterTimer } from "../platforms/cluster.ts";
import type { Address, OpenClients, Reach } from "../platforms/reach.ts";
import {
  type ClientRequest,
  type ClientSession,
  notConnected,
  type Outcome,
  unanswered,
} from "../platforms/session.ts";

/** What an operation gets besides key and value. */
export interface About {
  /** The operation's number, unique in the history. */
  readonly op: number;
  /** Aborts when the harness no longer waits for the answer. */
  readonly signal: AbortSignal;
  readonly levels: Levels;
  /** The arguments of the workload's operation. */
  readonly args: Readonly<Record<string, Json>>;
  /** The token from an earlier answer about the same key. */
  readonly context?: string;
}

/** An answer that contains more than a single value. */
export interface Answer {
  /** The versions that were read or written. Empty if a read found nothing. */
  readonly versions?: readonly ShownValue[];
  /** The result of an operation that returns no versions. */
  readonly result?: Json;
  readonly context?: VersionVector;
  readonly token?: string;
}

/**
 * One client's connection to one node. An operation that the client lacks fails without effect. A thrown error means an
 * unknown outcome, unless it is a DefiniteError, the operation is a read, or the error's code says that no connection
 * was made.
 *
 * @example
 * const client: PromiseClient = {
 *   async read(key, { signal }) {
 *     const response = await fetch(`${url}/kv/${key}`, { signal });
 *     return response.status === 404 ? null : await response.text();
 *   },
 *   async write(key, value, { signal }) {
 *     const { status } = await fetch(`${url}/kv/${key}`, { method: "PUT", body: value, signal });
 *     if (status === 503) throw new DefiniteError("nothing was written");
 *     if (status !== 204) throw new Error(`status ${status}`);
 *   },
 * };
 */
export interface PromiseClient {
  /** Resolves with the value, with null if there is none, or with an Answer. */
  read?(key: string, about: About): Promise<string | null | undefined | Answer>;
  /** Resolves once the store has acknowledged the value. */
  write?(key: string, value: string, about: About): Promise<void | Answer>;
  /** Resolves once the store has acknowledged that the key is gone. */
  delete?(key: string, about: About): Promise<void | Answer>;
  /**
   * The operations of other workloads, by name. A request named read, write or delete goes to the method of that name
   * if the client has it. Each resolves with its result, with an Answer, or with nothing.
   */
  readonly operations?: Readonly<
    Record<string, (key: string, about: About) => Promise<Json | Answer | void>>
  >;
  /**
   * Called when no more requests come, and before the client is opened again after an unknown outcome or a refused
   * connection.
   */
  close?(): void | Promise<void>;
}

/** The error that a client throws if an operation had no effect and never will have. */
export class DefiniteError extends Error {
  /** A stable name of the kind of refusal, for reports. */
  readonly code: string;

  constructor(message: string, code = "refused") {
    super(message);
    this.name = "DefiniteError";
    this.code = code;
  }
}

/**
 * The error is recognised by its name, since a configuration may use another copy of this package than the command that
 * reads the configuration.
 */
const isDefinite = (error: unknown): error is DefiniteError =>
  error instanceof Error && error.name === "DefiniteError";

/** Which client connects to which node. */
export interface PromiseClientOptions {
  /** The client's name, such as c1. */
  readonly client: string;
  readonly node: NodeName;
  readonly settings: Settings;
  readonly reach: Reach;
}

/** Returns what one node holds, by key. */
export type InspectNode = (
  address: Address,
  about: { readonly node: NodeName; readonly settings: Settings; readonly signal: AbortSignal },
) => Promise<Readonly<Record<string, ReplicaState>>>;

/**
 * Makes sessions of promise-based clients.
 *
 * @param open Connects one client to one node. Called at the client's first request to the node, and again after an
 *   operation with an unknown outcome or without a connection.
 * @param inspect Returns what one node holds, bypassing the quorum. Absent if replicas cannot be inspected.
 * @returns The clients of a target: its `containers.clients` or `external.clients`.
 */
export function promiseClients(
  open: (address: Address, options: PromiseClientOptions) => PromiseClient | Promise<PromiseClient>,
  inspect?: InspectNode,
): OpenClients {
  return (reach) => ({
    session: (client, node) =>
      new PromiseSession(reach, () =>
        open(reach.address(node), { client, node, settings: reach.settings, reach }),
      ),
    ...(inspect === undefined
      ? {}
      : { inspect: (node, done) => inspectUntilTold(reach, node, inspect, done) }),
  });
}

interface Waiting {
  readonly timer: ClusterTimer;
  readonly aborter: AbortController;
  readonly done: (outcome: Outcome) => void;
  /** True once the client is open, since the node may then have received the request. */
  sent: boolean;
}

class PromiseSession implements ClientSession {
  readonly #reach: Reach;
  readonly #open: () => PromiseClient | Promise<PromiseClient>;
  #client: Promise<PromiseClient> | null = null;
  #waiting: Waiting | null = null;

  constructor(reach: Reach, open: () => PromiseClient | Promise<PromiseClient>) {
    this.#reach = reach;
    this.#open = open;
  }

  perform(request: ClientRequest, timeoutMs: number, done: (outcome: Outcome) => void): void {
    const waiting: Waiting = {
      timer: this.#reach.clock.setTimer(timeoutMs, () =>
        this.#finish(waiting, unanswered(waiting.sent, timeoutMs)),
      ),
      aborter: new AbortController(),
      done,
      sent: false,
    };
    this.#waiting = waiting;
    void this.#ask(request, waiting).then((outcome) => this.#finish(waiting, outcome));
  }

  close(): void {
    this.#waiting?.timer.cancel();
    this.#waiting?.aborter.abort();
    this.#waiting = null;
    const client = this.#client;
    this.#client = null;
    void client?.then((opened) => opened.close?.()).catch((error: unknown) => this.#log(error));
  }

  /** Asks the client. The promise never rejects. */
  async #ask(request: ClientRequest, waiting: Waiting): Promise<Outcome> {
    let client: PromiseClient;
    try {
      this.#client ??= Promise.resolve(this.#open());
      client = await this.#client;
    } catch (error) {
      this.#client = null;
      return {
        kind: "fail",
        code: notConnected,
        message: `${messageOf(error)}; nothing was sent`,
      };
    }
    if (typeof client !== "object" || client === null) {
      this.#client = null;
      this.#reach.fail(noClient(client));
      return { kind: "fail", code: notConnected, message: "there is no client; nothing was sent" };
    }
    if (this.#waiting !== waiting) return unanswered(false, 0);
    waiting.sent = true;
    try {
      return await answerOf(client, request, waiting.aborter.signal);
    } catch (error) {
      if (error instanceof ClientMistake) this.#reach.fail(error);
      return failureOf(error, request);
    }
  }

  #finish(waiting: Waiting, outcome: Outcome): void {
    if (this.#waiting !== waiting) return;
    this.#waiting = null;
    waiting.timer.cancel();
    waiting.aborter.abort();
    waiting.done(outcome);
  }

  #log(error: unknown): void {
    this.#reach.log(`closing a client: ${messageOf(error)}`);
  }
}

async function answerOf(
  client: PromiseClient,
  { op, f, key, value, args = {}, levels = {}, context }: ClientRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  const about: About = {
    op,
    signal,
    levels,
    args,
    ...(context === undefined ? {} : { context }),
  };
  if (f === "read" && client.read !== undefined) {
    const read = await client.read(key, about);
    if (typeof read === "string") return { kind: "ok", versions: [{ value: read }] };
    if (read === null) return { kind: "ok", versions: [] };
    if (isAnswer(read)) return { kind: "ok", ...read };
    throw new ClientMistake(read);
  }
  if (f === "write" && value !== undefined && client.write !== undefined)
    return written(await client.write(key, value, about), value);
  if (f === "delete" && client.delete !== undefined)
    return written(await client.delete(key, about), null);
  const operation = client.operations?.[f];
  if (operation === undefined)
    throw new DefiniteError(`the target's client has no operation ${f}`, "not-supported");
  const result = await operation(key, about);
  return isAnswer(result)
    ? { kind: "ok", ...result }
    : { kind: "ok", ...(result === undefined ? {} : { result }) };
}

/** The error for a client that returned something that no read can return, which is not the store's fault. */
class ClientMistake extends EnvironmentError {
  constructor(read: unknown) {
    super({
      code: "client-answers-wrongly",
      expected: "read(key) to return a string, null where there is nothing, or { versions }",
      got: read === undefined ? "undefined" : (JSON.stringify(read)?.slice(0, 80) ?? typeof read),
      hint: "Return response.text() for a value, and null for a key that does not exist.",
    });
  }
}

const noClient = (client: unknown): EnvironmentError =>
  new EnvironmentError({
    code: "client-missing",
    expected: "the client function to return a client: ({ url }) => ({ async read(key) { … }, … })",
    got: client === undefined ? "undefined" : (JSON.stringify(client) ?? typeof client),
    hint: "An arrow function needs parentheses around the object that it returns.",
  });

const written = (answer: void | Answer, value: string | null): Outcome => ({
  kind: "ok",
  versions: [{ value }],
  ...(typeof answer === "object" ? answer : {}),
});

const isAnswer = (result: Json | Answer | void): result is Answer =>
  typeof result === "object" &&
  result !== null &&
  !Array.isArray(result) &&
  ["versions", "result", "context", "token"].some((name) => name in result);

function failureOf(error: unknown, { f }: ClientRequest): Outcome {
  const message = messageOf(error);
  if (isDefinite(error)) return { kind: "fail", code: error.code, message };
  if (codesOf(error).some((code) => refusals.has(code)))
    return { kind: "fail", code: notConnected, message: `${message}; nothing was sent` };
  // A failed read certainly changed nothing.
  return { kind: f === "read" ? "fail" : "info", code: "client-error", message };
}

/** The codes of socket errors which mean that no connection was made. */
const refusals: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Returns the codes of an error and of its causes, since fetch hides the socket's error in its cause. */
function codesOf(error: unknown): readonly unknown[] {
  if (!(error instanceof Error)) return [];
  const own = "code" in error ? [error.code] : [];
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
  return [...own, ...inner, ...codesOf(error.cause)];
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== ""
    ? `${error.message}: ${error.cause.message}`
    : error.message;
}

const inspectRetryMs = 50;
const inspectTimeoutMs = 5_000;

function inspectUntilTold(
  reach: Reach,
  node: NodeName,
  inspect: InspectNode,
  done: (inspected: {
    readonly state: Readonly<Record<string, ReplicaState>>;
    readonly pending: number;
  }) => void,
): () => void {
  let stopped = false;
  const aborter = new AbortController();
  const ask = (): void => {
    if (stopped) return;
    const signal = AbortSignal.any([aborter.signal, AbortSignal.timeout(inspectTimeoutMs)]);
    inspect(reach.address(node), { node, settings: reach.settings, signal }).then(
      (state) => {
        if (!stopped) done({ state, pending: 0 });
      },
      () => void reach.clock.setTimer(inspectRetryMs, ask),
    );
  };
  ask();
  return () => {
    stopped = true;
    aborter.abort();
  };
}
