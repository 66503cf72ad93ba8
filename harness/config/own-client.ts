/** Clients that a configuration brings as functions: promises become sessions. */
import type { Settings } from "../../generators/index.ts";
import {
  type ClientRequest,
  type ClientSession,
  notConnected,
  type Outcome,
  unanswered,
} from "../platforms/session.ts";
import type { Reach } from "../platforms/reach.ts";
import { isDefinite, isRefusedConnection } from "./definite.ts";

/** One node, as a client reaches it. */
export interface ReachedNode {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** http://host:port */
  readonly url: string;
}

/** What a client is made for: one of the plan's clients, and the node that it talks to. */
export interface ClientContext extends ReachedNode {
  /** The plan's client: c1, c2, … */
  readonly client: string;
  readonly nodes: readonly ReachedNode[];
  readonly settings: Settings;
  /** Adds a line to the run's logs. */
  log(line: string): void;
}

/** What comes with each operation. */
export interface OperationOptions {
  /** Aborts when the time is up, or the history ends. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly args: NonNullable<ClientRequest["args"]>;
  readonly levels: NonNullable<ClientRequest["levels"]>;
}

/** A method for each operation of the workload. One operation at a time. */
export interface OwnClient {
  /** Resolves with the value; null or undefined: not found. */
  read?(key: string, options: OperationOptions): Promise<string | null | undefined>;
  write?(key: string, value: string, options: OperationOptions): Promise<unknown>;
  delete?(key: string, options: OperationOptions): Promise<unknown>;
  /** Nothing more is asked of it. */
  close?(): void;
  /** An operation of another workload: (key, options) => result. */
  readonly [operation: string]: ((...args: never[]) => unknown) | undefined;
}

export type MakeClient = (context: ClientContext) => OwnClient;

/** Which operations change nothing: one that fails tells nothing either way. */
export type IsRead = (operation: string) => boolean;

/** The node's address in the words that clients know. */
export function reachedNode(reach: Reach, name: string): ReachedNode {
  const { host, port } = reach.address(name);
  return { name, host, port, url: `http://${host.includes(":") ? `[${host}]` : host}:${port}` };
}

/** What the client of a plan and a node is made with. */
export function contextOf(reach: Reach, client: string, node: string): ClientContext {
  return {
    ...reachedNode(reach, node),
    client,
    nodes: reach.nodes.map((name) => reachedNode(reach, name)),
    settings: reach.settings,
    log: (line) => reach.log(`${client} ${node}: ${line}`),
  };
}

/** A session over a client of promises. */
export function ownSession(client: OwnClient, reach: Reach, isRead: IsRead): ClientSession {
  const closed = new AbortController();
  return {
    perform(request, timeoutMs, done) {
      const controller = new AbortController();
      const signal = AbortSignal.any([controller.signal, closed.signal]);
      let isDone = false;
      const finish = (outcome: Outcome): void => {
        if (isDone || closed.signal.aborted) return;
        isDone = true;
        timer.cancel();
        done(outcome);
      };
      const timer = reach.clock.setTimer(timeoutMs, () => {
        finish(unanswered(true, timeoutMs));
        controller.abort();
      });
      call(client, request, { signal, timeoutMs }).then(
        (outcome) => finish(outcome),
        (error: unknown) => finish(failed(error, isRead(request.f))),
      );
    },
    close() {
      closed.abort();
      try {
        client.close?.();
      } catch (error) {
        reach.log(`a client could not be closed: ${messageOf(error)}`);
      }
    },
  };
}

async function call(
  client: OwnClient,
  { f, key, value, args = {}, levels = {} }: ClientRequest,
  how: Pick<OperationOptions, "signal" | "timeoutMs">,
): Promise<Outcome> {
  const options = { ...how, args, levels };
  switch (f) {
    case "read":
      return readOutcome(await method(client, f)(key, options));
    case "write":
      await method(client, f)(key, value, options);
      return { kind: "ok" };
    case "delete":
      await method(client, f)(key, options);
      return { kind: "ok" };
    default: {
      const result = await method(client, f)(key, options);
      return result === undefined
        ? { kind: "ok" }
        : { kind: "ok", result: result as NonNullable<ClientRequest["args"]>[string] };
    }
  }
}

function method(client: OwnClient, f: string): (...args: unknown[]) => unknown {
  const found = client[f];
  if (typeof found !== "function") throw new Error(`the client has no method ${f}`);
  return (...args) => (found as (...all: unknown[]) => unknown).apply(client, args);
}

/** A plain value: it is its own version. */
export function readOutcome(value: unknown): Outcome {
  if (value === null || value === undefined) return { kind: "ok", versions: [] };
  if (typeof value === "string") return { kind: "ok", versions: [{ version: value, value }] };
  throw new Error(`a read must give a string, or null for not found; it gave ${typeof value}`);
}

/** What an error of a client says of the operation. */
function failed(error: unknown, isRead: boolean): Outcome {
  const message = messageOf(error);
  if (isRefusedConnection(error)) return { kind: "fail", code: notConnected, message };
  if (isDefinite(error)) return { kind: "fail", code: "refused", message };
  return { kind: isRead ? "fail" : "info", code: "client-error", message };
}

/** With the cause: `fetch failed` alone says nothing. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : "";
  return `${error.message}${cause}`;
}
