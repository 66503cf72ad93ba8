/**
 * Maelstrom's services (doc/services.md). They run in the harness, and nodes may use them. Their random choices come
 * from the seed.
 */
import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../../generators/index.ts";
import type { MakeService, Service } from "../../platforms/messages/message-target.ts";
import type { MessageBody, NodeMessage } from "../../platforms/messages/message.ts";
import { keyDoesNotExist, preconditionFailed } from "./errors.ts";

/** Returns a key as text, since a key may be any JSON value. */
const nameOf = (key: Json | undefined): string => JSON.stringify(key ?? null);

const failed = (code: number, text: string): MessageBody => ({ type: "error", code, text });

/** The answer of a key-value store to a request, and the key's new value if the request changes it. */
interface Answer {
  readonly body: MessageBody;
  /** The key's new value. Absent: the request changes nothing. */
  readonly put?: Json;
}

function answerOf({ body }: NodeMessage, held: Json | undefined): Answer {
  switch (body.type) {
    case "read":
      return held === undefined
        ? { body: failed(keyDoesNotExist, "key does not exist") }
        : { body: { type: "read_ok", value: held } };
    case "write":
      return { body: { type: "write_ok" }, put: body["value"] ?? null };
    case "cas": {
      const to = body["to"] ?? null;
      if (held === undefined)
        return body["create_if_not_exists"] === true
          ? { body: { type: "cas_ok" }, put: to }
          : { body: failed(keyDoesNotExist, "key does not exist") };
      const from = body["from"] ?? null;
      if (isDeepStrictEqual(held, from)) return { body: { type: "cas_ok" }, put: to };
      const text = `current value ${JSON.stringify(held)} is not ${JSON.stringify(from)}`;
      return { body: failed(preconditionFailed, text) };
    }
    default:
      return { body: failed(10, `a key-value store knows no ${body.type}`) };
  }
}

const linKv: MakeService = () => {
  const values = new Map<string, Json>();
  return {
    handle(message) {
      const key = nameOf(message.body["key"]);
      const { body, put } = answerOf(message, values.get(key));
      if (put !== undefined) values.set(key, put);
      return body;
    },
  };
};

/** A change of a sequential store. */
interface Change {
  readonly key: string;
  readonly value: Json;
}

/** A user of the sequential store may see a state that is older than the latest by at most this many changes. */
const mostStatesBack = 32;

/**
 * A sequentially consistent store. All operations have one order, and each user of the store (usually a node) moves
 * forward in it. A user may see any state between the state that it saw last and the latest, but none from before the
 * last `mostStatesBack` changes. A request that would change an old state acts on the latest state instead, since a
 * change in the past could contradict the order.
 */
const seqKv: MakeService = (random) => {
  const changes: Change[] = [];
  /** The number of changes that each user of the store has seen. */
  const seen = new Map<string, number>();
  /** Returns the key's value after the first `count` changes. */
  const valueAt = (key: string, count: number): Json | undefined => {
    for (let at = count - 1; at >= 0; at--) {
      const change = changes[at];
      if (change?.key === key) return change.value;
    }
    return undefined;
  };
  return {
    handle(message) {
      const key = nameOf(message.body["key"]);
      const oldest = Math.max(seen.get(message.src) ?? 0, changes.length - mostStatesBack);
      const at = random.between(oldest, changes.length);
      const old = answerOf(message, valueAt(key, at));
      const held = valueAt(key, at);
      if (old.put === undefined || (held !== undefined && isDeepStrictEqual(old.put, held))) {
        seen.set(message.src, at);
        return old.body;
      }
      const { body, put } = answerOf(message, valueAt(key, changes.length));
      if (put !== undefined) changes.push({ key, value: put });
      seen.set(message.src, changes.length);
      return body;
    },
  };
};

/** A value in a replica, with the Lamport time of its write. */
interface Stamped {
  readonly time: number;
  readonly value: Json;
}

interface LwwReplica {
  time: number;
  readonly values: Map<string, Stamped>;
}

const lwwReplicas = 2;

/**
 * A last-write-wins store of independent replicas. Before each request, a random replica takes over newer values from a
 * random replica, which may be itself.
 */
const lwwKv: MakeService = (random) => {
  const replicas = Array.from({ length: lwwReplicas }, (): LwwReplica => ({
    time: 0,
    values: new Map(),
  }));
  const drawn = (): LwwReplica => replicas[random.between(0, lwwReplicas - 1)] as LwwReplica;
  return {
    handle(message) {
      const [from, to] = [drawn(), drawn()];
      to.time = Math.max(to.time, from.time);
      for (const [key, stamped] of from.values)
        if (stamped.time > (to.values.get(key)?.time ?? -1)) to.values.set(key, stamped);
      const replica = drawn();
      const key = nameOf(message.body["key"]);
      const { body, put } = answerOf(message, replica.values.get(key)?.value);
      if (put !== undefined) replica.values.set(key, { time: replica.time++, value: put });
      return body;
    },
  };
};

const linTso: MakeService = (): Service => {
  let next = 0;
  return {
    handle: ({ body }) =>
      body.type === "ts"
        ? { type: "ts_ok", ts: next++ }
        : failed(10, `a timestamp oracle knows no ${body.type}`),
  };
};

export const services: Readonly<Record<string, MakeService>> = {
  "lin-kv": linKv,
  "seq-kv": seqKv,
  "lww-kv": lwwKv,
  "lin-tso": linTso,
};
