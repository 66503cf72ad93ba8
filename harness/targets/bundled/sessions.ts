/** Clients of the bundled store over connections of any network, in the simulator and in containers. */
import type { NodeName, ReplicaState, VersionedValue } from "../../../checkers/index.ts";
import {
  type ClientReply,
  type ClientRequest as StoreRequest,
  ClientRouter,
  type Connect,
  errors,
  isClientReply,
  isPeerReply,
  type Message,
  type State,
  type StoreSettings,
} from "../../../store/index.ts";
import { askedQuorums } from "./plans/index.ts";
import { type ClusterTimer, notAnOperation } from "../../platforms/cluster.ts";
import {
  type ClientNetwork,
  type ClientRequest,
  type ClientSession,
  type Connection,
  type Inspected,
  notConnected,
  type Outcome,
  unanswered,
} from "../../platforms/session.ts";

type Network = ClientNetwork<Message>;
type StoreOperation = StoreRequest & { readonly type: "get" | "put" };

/** A connection for operations: to one node, or through the client library to several. */
interface Requests {
  send(request: StoreOperation): void;
  close(): void;
}

interface Handlers {
  open(): void;
  reply(reply: ClientReply): void;
  closed(reason: string): void;
}

/**
 * Opens a client's session over one connection to the node, or over the store's client library if clients route
 * themselves. The connection is opened for the first request, and again for the next request after it was lost.
 */
export function openSession(
  network: Network,
  settings: StoreSettings,
  client: string,
  node: NodeName,
): ClientSession {
  interface Waiting {
    readonly request: ClientRequest;
    readonly timer: ClusterTimer;
    readonly done: (outcome: Outcome) => void;
    sent: boolean;
  }
  const isRouted = settings.routing === "client";
  let waiting: Waiting | null = null;
  let current: { readonly requests: Requests; open: boolean } | null = null;

  const finish = (outcome: Outcome): void => {
    if (waiting === null) return;
    const { timer, done } = waiting;
    waiting = null;
    timer.cancel();
    done(outcome);
  };

  const connect = (): { readonly requests: Requests; open: boolean } => {
    const handlers: Handlers = {
      open() {
        entry.open = true;
        if (waiting !== null && current === entry) waiting.sent = true;
      },
      reply(reply) {
        if (current === entry && waiting !== null && reply.id === waiting.request.op)
          finish(outcomeOf(reply, waiting.request.value ?? null));
      },
      closed(reason) {
        if (current !== entry) return;
        current = null;
        finish(
          entry.open
            ? { kind: "info", code: "connection-lost", message: reason }
            : { kind: "fail", code: notConnected, message: `${reason}; nothing was sent` },
        );
      },
    };
    // The client library answers by itself, and its answer says whether anything was sent.
    const entry = {
      open: isRouted,
      requests: isRouted
        ? routed(network, settings, client, handlers)
        : direct(network, client, node, handlers),
    };
    return entry;
  };

  return {
    perform(request, timeoutMs, done) {
      const timer = network.clock.setTimer(timeoutMs, () =>
        finish(unanswered(waiting?.sent === true, timeoutMs)),
      );
      waiting = { request, timer, done, sent: false };
      current ??= connect();
      waiting.sent = current.open;
      current.requests.send(requestOf(request));
    },
    close() {
      waiting?.timer.cancel();
      waiting = null;
      const closing = current;
      current = null;
      closing?.requests.close();
    },
  };
}

function direct(network: Network, client: string, node: NodeName, handlers: Handlers): Requests {
  const connection: Connection<Message> = network.dial(client, node, {
    open: () => handlers.open(),
    message: (message) => {
      if (isClientReply(message)) handlers.reply(message);
      else connection.close(`a client cannot receive ${message.type}`);
    },
    close: (reason) => handlers.closed(reason),
  });
  return {
    send: (request) => connection.send(request),
    close: () => connection.close("the client is done"),
  };
}

/** Runs the store's client library on the network's connections and clock. */
function routed(
  network: Network,
  settings: StoreSettings,
  client: string,
  handlers: Handlers,
): Requests {
  let closed = false;
  const connect: Connect = (node, { open, reply, closed: lost }) => {
    const connection: Connection<Message> = network.dial(client, node, {
      open,
      message: (message) => {
        if (isClientReply(message) || isPeerReply(message)) reply(message);
        else connection.close(`a client cannot receive ${message.type}`);
      },
      close: lost,
    });
    return {
      send: (message) => connection.send(message),
      close: () => connection.close("the client is done"),
    };
  };
  const router = new ClientRouter(settings, connect, (delayMs, fire) =>
    network.clock.setTimer(delayMs, fire),
  );
  return {
    send(request) {
      router.request(request, (reply) => {
        if (!closed) handlers.reply(reply);
      });
    },
    close() {
      closed = true;
      router.close();
    },
  };
}

/**
 * Asks the node again and again until it has returned everything that it holds. A node that is still starting refuses
 * connections or is recovering its log. Returns a function that stops asking.
 */
export function inspectNode(
  network: Network,
  { client, retryMs }: { readonly client: string; readonly retryMs: number },
  node: NodeName,
  done: (inspected: Inspected) => void,
): () => void {
  const state: Record<string, ReplicaState> = {};
  let stopped = false;
  let close = (): void => {};
  const ask = (): void => {
    if (stopped) return;
    let finished = false;
    const again = (): void => {
      if (finished || stopped) return;
      finished = true;
      connection.close("asked");
      network.clock.setTimer(retryMs, ask);
    };
    const connection: Connection<Message> = network.dial(client, node, {
      open: () => connection.send({ type: "inspect", id: notAnOperation }),
      message(reply) {
        if (reply.type !== "inspected") return again();
        for (const entry of reply.entries) state[entry.key] = replicaState(entry.state);
        const last = reply.entries.at(-1);
        if (reply.more && last !== undefined)
          return connection.send({ type: "inspect", id: notAnOperation, after: last.key });
        finished = true;
        connection.close("asked");
        if (!stopped)
          done({
            state,
            pending: reply.hints ?? 0,
            ...(reply.ring === undefined ? {} : { ring: reply.ring }),
            ...(reply.leftovers === undefined ? {} : { leftovers: reply.leftovers }),
          });
      },
      close: again,
    });
    close = () => connection.close("asked");
  };
  ask();
  return () => {
    stopped = true;
    close();
  };
}

function replicaState(state: State): ReplicaState {
  const versions = versionsOf(state);
  return state.kind === "siblings" ? { versions, context: state.context } : { versions };
}

function requestOf(request: ClientRequest): StoreOperation {
  const { op: id, key, value, context } = request;
  const levels = askedQuorums(request.levels);
  switch (request.f) {
    case "read":
      return { type: "get", id, key, ...levels };
    case "write":
    case "delete":
      return {
        type: "put",
        id,
        key,
        value: value ?? null,
        ...levels,
        ...(context === undefined ? {} : { context }),
      };
    default:
      throw new TypeError(
        `expected a read, write or delete for the bundled store, got ${request.f}`,
      );
  }
}

/**
 * Returns the outcome that a reply means. `value` is the value of the request, if it was a write. A reply that answers
 * no read or write, such as an inspection, makes the outcome indeterminate.
 */
export function outcomeOf(reply: ClientReply, value: string | null): Outcome {
  switch (reply.type) {
    case "got":
      return {
        kind: "ok",
        versions: versionsOf(reply.state),
        ...(reply.state?.kind === "siblings" ? { context: reply.state.context } : {}),
        ...(reply.context === undefined ? {} : { token: reply.context }),
      };
    case "stored":
      return {
        kind: "ok",
        versions: [{ version: reply.version, value }],
        ...(reply.context === undefined ? {} : { token: reply.context }),
      };
    case "error":
      return {
        kind: errors[reply.code].definite ? "fail" : "info",
        code: reply.code,
        message: reply.message,
      };
    case "versioned":
      return {
        kind: "info",
        code: "unexpected-reply",
        message: 'the node sent the reply "versioned", which answers no operation of a client',
      };
    case "ring-told":
      return {
        kind: "info",
        code: "unexpected-reply",
        message: 'the node sent the reply "ring-told", which answers no operation of a client',
      };
    case "inspected":
      return {
        kind: "info",
        code: "unexpected-reply",
        message: 'the node sent the reply "inspected", which answers no operation of a client',
      };
  }
}

/** Returns the versions in the state of a replica or of a read's result. `[]` means that the key was not found. */
function versionsOf(state: State | null): readonly VersionedValue[] {
  if (state === null) return [];
  return state.kind === "stamped"
    ? [{ version: state.stamp, value: state.value }]
    : state.siblings.map((sibling) => ({ version: sibling.dot, value: sibling.value }));
}
