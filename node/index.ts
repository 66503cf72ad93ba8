/**
 * A node that speaks Maelstrom's protocol. The same code runs as a program and in quorate's simulator, where a failing
 * history repeats exactly.
 *
 * Needs only Node.js, and uses only callbacks. In the simulator, time passes only between two callbacks. A node must
 * therefore not await anything: no promise, no timer of Node.js, and no clock except the node's own. `asyncNode` offers
 * promises to programs that never run in the simulator.
 *
 * @module quorate/node
 */
import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";

/** Any JSON value. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** The content of a message. `rpc` fills in `msg_id`, and `reply` fills in `in_reply_to`. */
export interface Body {
  readonly type: string;
  readonly msg_id?: number;
  readonly in_reply_to?: number;
  readonly [field: string]: Json | undefined;
}

/** One message. */
export interface Message {
  readonly src: string;
  readonly dest: string;
  readonly body: Body;
}

/** A timer that can be cancelled. */
export interface Timer {
  /** Cancels the timer. May be called twice, and also after the timer has fired. */
  cancel(): void;
}

/**
 * The codes of Maelstrom's errors. After `timeout` and `crash`, the outcome is unknown. All others mean that the
 * operation did not happen.
 */
export const errors = {
  timeout: 0,
  notSupported: 10,
  temporarilyUnavailable: 11,
  malformedRequest: 12,
  crash: 13,
  abort: 14,
  keyDoesNotExist: 20,
  keyAlreadyExists: 21,
  preconditionFailed: 22,
  txnConflict: 30,
} as const;

/** A node, as its own code sees it. */
export interface Node {
  /** The node's name. Before the message "init" arrives, the name is "". */
  readonly id: string;
  /** The names of all nodes, including this one. Empty before the message "init" arrives. */
  readonly ids: readonly string[];
  /** The names of the other nodes. Empty before the message "init" arrives. */
  readonly peers: readonly string[];
  /**
   * Calls `handler` for each message of the type that is not a reply. A handler of "init" runs before the node replies
   * to that message. A later handler of the same type replaces this one.
   */
  on(type: string, handler: (message: Message) => void): void;
  /** Sends a message that needs no reply. */
  send(dest: string, body: Body): void;
  /** Replies to a request. */
  reply(request: Message, body: Body): void;
  /** Replies to a request with an error code: one of `errors`, or a code of your own from 1000 on. */
  fail(request: Message, code: number, text: string): void;
  /**
   * Asks a node (this one too) or a service, and calls `done` with the reply.
   *
   * @param done Called once with the reply, which may be of the type "error". After `timeoutMs` without a reply: an
   * error with the code `timeout`.
   * @param timeoutMs In milliseconds. Default: 1,000.
   */
  rpc(dest: string, body: Body, done: (reply: Body) => void, timeoutMs?: number): void;
  /** Calls `fire` once, after `delayMs` milliseconds. */
  after(delayMs: number, fire: () => void): Timer;
  /** Calls `fire` every `everyMs` milliseconds. */
  every(everyMs: number, fire: () => void): Timer;
  /** The time of a monotonic clock, in milliseconds. */
  nowMs(): number;
  /** The time of the wall clock, in milliseconds since 1970. The clock may be wrong, and may jump. */
  wallMs(): number;
  /** A random number, uniform in [0, 1). */
  random(): number;
  /** Adds a line to the node's log. */
  log(text: string): void;
  /** The entries that earlier runs of this node stored and that are still on the node's disk, the oldest first. */
  readonly entries: readonly Json[];
  /** Stores an entry on the disk, then calls `done`. From that call on, the entry survives a kill. */
  append(entry: Json, done: () => void): void;
}

/**
 * The code of a node. All nodes of a simulation share the module, so keep a node's state in local variables of this
 * function.
 */
export type NodeSetup = (node: Node) => void;

/** The environment of a node: standard input and output, or the simulator. */
export interface NodeWorld {
  readonly isSimulated: boolean;
  send(message: Message): void;
  after(delayMs: number, fire: () => void): Timer;
  nowMs(): number;
  wallMs(): number;
  random(): number;
  log(text: string): void;
  readonly entries: readonly Json[];
  append(entry: Json, done: () => void): void;
}

const usualTimeoutMs = 1_000;
const simulated = new WeakSet<Node>();

/**
 * Makes a node in an environment.
 *
 * @returns A function that receives each arriving message.
 */
export function createNode(world: NodeWorld, setup: NodeSetup): (message: Message) => void {
  const handlers = new Map<string, (message: Message) => void>();
  const waiting = new Map<number, (reply: Body) => void>();
  let ids: readonly string[] = [];
  let id = "";
  // A late reply to an earlier run of this node must not look like a reply to this run, so each run counts from a random
  // number.
  let nextId = Math.floor(world.random() * 2 ** 40);
  const send = (dest: string, body: Body): void => world.send({ src: id, dest, body });
  const node: Node = {
    get id() {
      return id;
    },
    get ids() {
      return ids;
    },
    get peers() {
      return ids.filter((name) => name !== id);
    },
    on: (type, handler) => void handlers.set(type, handler),
    send,
    reply: ({ src, body: { msg_id: asked } }, body) =>
      send(src, asked === undefined ? body : { ...body, in_reply_to: asked }),
    fail: (request, code, text) => node.reply(request, { type: "error", code, text }),
    rpc(dest, body, done, timeoutMs = usualTimeoutMs) {
      const number = ++nextId;
      const timer = world.after(timeoutMs, () => {
        waiting.delete(number);
        done({ type: "error", code: errors.timeout, text: `no reply within ${timeoutMs} ms` });
      });
      waiting.set(number, (reply) => {
        timer.cancel();
        done(reply);
      });
      send(dest, { ...body, msg_id: number });
    },
    after: (delayMs, fire) => world.after(delayMs, fire),
    every(everyMs, fire) {
      let timer: Timer;
      const next = (): void => {
        timer = world.after(everyMs, () => {
          next();
          fire();
        });
      };
      next();
      return { cancel: () => timer.cancel() };
    },
    nowMs: () => world.nowMs(),
    wallMs: () => world.wallMs(),
    random: () => world.random(),
    log: (text) => world.log(text),
    entries: world.entries,
    append: (entry, done) => world.append(entry, done),
  };
  if (world.isSimulated) simulated.add(node);
  setup(node);
  return (message) => {
    const { body } = message;
    if (body.in_reply_to !== undefined && body.in_reply_to !== null) {
      const taken = waiting.get(body.in_reply_to);
      waiting.delete(body.in_reply_to);
      // A reply whose request no longer waits, such as a duplicate or late one, has no effect.
      return taken?.(body);
    }
    const handler = handlers.get(body.type);
    if (body.type === "init") {
      id = String(body["node_id"]);
      ids = body["node_ids"] as readonly string[];
      handler?.(message);
      return node.reply(message, { type: "init_ok" });
    }
    if (handler !== undefined) return handler(message);
    if (body.msg_id !== undefined)
      node.fail(message, errors.notSupported, `${id} knows no ${body.type}`);
  };
}

/**
 * The name of a global flag. It is set when a program is loaded for the simulator, so that `runNode` starts nothing
 * there.
 */
const loading = Symbol.for("quorate.node.loading");

/**
 * Runs the node on standard input and output. A module whose default export is the result of `runNode` also runs in the
 * simulator.
 *
 * @example
 * export default runNode((node) => {
 * node.on("echo", (message) =>
 * node.reply(message, { type: "echo_ok", echo: message.body["echo"] }),
 * );
 * });
 */
export function runNode(setup: NodeSetup): NodeSetup {
  if ((globalThis as Record<symbol, unknown>)[loading] !== true) runOnStandardStreams(setup);
  return setup;
}

/** The file of the stored entries, in the node's working folder. */
const logFile = "entries.jsonl";
function runOnStandardStreams(setup: NodeSetup): void {
  let disk: number | undefined;
  const take = createNode(
    {
      isSimulated: false,
      send: (message) => void process.stdout.write(`${JSON.stringify(message)}\n`),
      after(delayMs, fire) {
        const timer = setTimeout(fire, delayMs);
        return { cancel: () => clearTimeout(timer) };
      },
      nowMs: () => performance.now(),
      wallMs: () => Date.now(),
      random: () => Math.random(),
      log: (text) => void process.stderr.write(`${text}\n`),
      entries: readEntries(),
      append(entry, done) {
        disk ??= openSync(logFile, "a");
        writeSync(disk, `${JSON.stringify(entry)}\n`);
        setImmediate(done);
      },
    },
    setup,
  );
  let rest = "";
  process.stdin.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") take(JSON.parse(line) as Message);
  });
  process.stdin.on("end", () => {
    if (disk !== undefined) closeSync(disk);
    process.exit(0);
  });
}

/**
 * Reads the stored entries. A kill may leave half of a last entry, which no callback had reported as stored. Cuts that
 * half off, so that the next entry starts on a new line.
 */
function readEntries(): readonly Json[] {
  if (!existsSync(logFile)) return [];
  const bytes = readFileSync(logFile);
  const end = bytes.lastIndexOf("\n") + 1;
  if (end < bytes.length) truncateSync(logFile, end);
  const lines = bytes.toString("utf8", 0, end).split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Json);
}

/** Thrown by the `rpc` of `AsyncNode` if the reply is an error, or if no reply comes in time. */
export class RpcError extends Error {
  readonly code: number;

  constructor({ code, text }: Body) {
    super(String(text ?? `error ${String(code)}`));
    this.code = typeof code === "number" ? code : errors.crash;
  }
}

/** A node with promises instead of callbacks. */
export interface AsyncNode {
  /**
   * Calls `handler` for each message of the type and sends its result as the reply. If the handler throws an
   * `RpcError`, the reply is an error with that error's code; after any other thrown error, its code is `crash`.
   */
  on(type: string, handler: (message: Message) => Promise<Body>): void;
  /**
   * Asks a node (this one too) or a service, and resolves with the reply.
   *
   * @throws RpcError if the reply is an error, or if no reply comes in time.
   */
  rpc(dest: string, body: Body, timeoutMs?: number): Promise<Body>;
}

/**
 * Adds promises to a node that only runs as a program.
 *
 * @throws Error in the simulator, where nothing may be awaited.
 */
export function asyncNode(node: Node): AsyncNode {
  if (simulated.has(node))
    throw new Error("asyncNode: nothing may be awaited in the simulator; use node.rpc and node.on");
  return {
    on: (type, handler) =>
      node.on(type, (message) => {
        handler(message).then(
          (body) => node.reply(message, body),
          (error: unknown) =>
            node.fail(
              message,
              error instanceof RpcError ? error.code : errors.crash,
              error instanceof Error ? error.message : String(error),
            ),
        );
      }),
    rpc: (dest, body, timeoutMs) =>
      new Promise((resolve, reject) => {
        const done = (reply: Body): void =>
          reply.type === "error" ? reject(new RpcError(reply)) : resolve(reply);
        node.rpc(dest, body, done, timeoutMs);
      }),
  };
}
