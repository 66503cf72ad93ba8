/** A cluster of nodes whose messages pass through the harness. */
import type { HistoryEvent, NodeEndedEvent, NodeName } from "../../../checkers/index.ts";
import { nodeNamer } from "../../../generators/index.ts";
import { EnvironmentError, NodeFaultError } from "../../errors.ts";
import type { Target } from "../../targets/target.ts";
import type { Cluster, ClusterClock, StartOptions } from "../cluster.ts";
import { noSuchNode, notStarted } from "../cluster-errors.ts";
import type { Done } from "../fault-port.ts";
import type { ClientSession } from "../session.ts";
import { saidLast } from "../last-words.ts";
import { Random } from "../simulator/random.ts";
import { trackSession } from "../tracked-session.ts";
import { createFaultPorts } from "./fault-ports.ts";
import { FrameLog, mostFrames } from "./frames.ts";
import type { MessageClients, MessageTarget, Reply, Service } from "./message-target.ts";
import type { MessageBody, NodeMessage } from "./message.ts";
import { type EndKind, harnessName, MessageNetwork } from "./network.ts";
import type { MessageWorld, NodeMachine } from "./world.ts";

/** A request from a client or the harness. */
interface Asked {
  readonly from: string;
  readonly node: NodeName;
  readonly trace: number | undefined;
  /** Called with the reply. Becomes null when the request has ended or was given up. */
  done: ((reply: Reply) => void) | null;
  isAnswered: boolean;
  /**
   * True: the request was forwarded in the client's name, or another node has answered it (nodes may share a log of
   * requests). Then a second reply is no error of a node.
   */
  isHandedOn: boolean;
}

/** The state of one history. */
interface Running {
  readonly options: StartOptions;
  readonly machines: ReadonlyMap<NodeName, NodeMachine>;
  readonly services: ReadonlyMap<string, Service>;
  readonly clientNames: Set<string>;
  /**
   * Nodes that have answered `init`. Other nodes may not know their names yet, so they get messages only from the
   * harness and from services.
   */
  readonly introduced: Set<NodeName>;
  /**
   * For each node, the `messageKey` of each message that it got in the name of a node. It may forward such a message in
   * that name.
   */
  readonly heard: ReadonlyMap<NodeName, Set<string>>;
  readonly network: MessageNetwork;
  readonly frames: FrameLog;
  readonly clients: MessageClients;
  readonly sessions: Set<ClientSession>;
  readonly requests: Map<number, Asked>;
  readonly unplannedEnds: NodeEndedEvent[];
  /**
   * Whether the start has ended: every node was introduced, and the clients' wait for ready nodes is over; or the start
   * was interrupted.
   */
  hasStarted: boolean;
}

export class MessageCluster implements Cluster {
  readonly platform: string;
  readonly virtualTime: boolean;
  readonly replaysExactly: boolean;
  readonly target: Target;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: ClusterClock;
  readonly ports;
  readonly membershipChanges = false;
  readonly settle: Cluster["settle"];
  readonly #world: MessageWorld;
  readonly #messages: MessageTarget;
  #running: Running | null = null;
  #error: Error | null = null;
  #requestId = 0;

  constructor(target: Target, messages: MessageTarget, world: MessageWorld) {
    this.target = target;
    this.#messages = messages;
    this.#world = world;
    this.platform = world.platform;
    this.virtualTime = world.virtualTime;
    this.replaysExactly = world.virtualTime;
    this.environment = world.environment;
    this.clock = world.clock;
    this.ports = createFaultPorts({
      cannot: world.cannot,
      network: () => this.#history().network,
      machine: (node) => this.#machine(node),
      clock: world.clock,
      kill: (node, done) => this.#kill(this.#machine(node), done),
      restart: (node, done) => this.#boot(this.#machine(node), done),
    });
    this.settle = (timeoutMs, done) => {
      const { clients } = this.#history();
      if (clients.settle === undefined) return done(null);
      clients.settle(timeoutMs, () => {
        done(null);
        world.happened();
      });
    };
  }

  get nodes(): readonly NodeName[] {
    return [...(this.#running?.machines.keys() ?? [])];
  }

  get clientError(): Error | null {
    return this.#error;
  }

  async start(options: StartOptions): Promise<void> {
    await this.reset();
    const { settings, workload = "register", worldSeed: seed, movesClocks = false } = options;
    const isOver = (): boolean => this.#error !== null || options.signal?.aborted === true;
    this.#requestId = 0;
    const facts = this.target.facts(settings);
    const { nodes: count } = facts;
    const nodes = Array.from({ length: count }, (_, index) => nodeNamer(facts)(index));
    const world = this.#world;
    const machines = await world.begin(nodes, {
      seed,
      settings,
      target: this.#messages,
      movesClocks,
    });
    const frames = new FrameLog(() => world.clock.nowUs(), options.evidence);
    const running: Running = {
      options,
      machines: new Map(machines.map((machine) => [machine.name, machine])),
      services: new Map(
        Object.entries(this.#messages.services).map(([name, make]) => [
          name,
          make(new Random(seed, `service ${name}`)),
        ]),
      ),
      clientNames: new Set(),
      introduced: new Set(),
      heard: new Map(nodes.map((name) => [name, new Set()])),
      frames,
      network: new MessageNetwork({
        seed,
        latency: this.#messages.latency(settings),
        nowUs: () => world.clock.nowUs(),
        after: (delayUs, run) => world.after(delayUs, run),
        kindOf: (name) => this.#kindOf(name),
        deliver: (message, text) => this.#deliver(message, text),
        frames,
      }),
      clients: this.#messages.clients({
        nodes,
        settings,
        workload,
        clock: world.clock,
        request: (asked, done) => this.#request(asked, done),
        fail: (node, code, expected, got) => this.#fail(node, code, expected, got),
      }),
      sessions: new Set(),
      requests: new Map(),
      unplannedEnds: [],
      hasStarted: false,
    };
    this.#running = running;
    let up = 0;
    for (const machine of machines)
      this.#boot(machine, (error) => {
        if (error === null) up++;
        world.happened();
      });
    await world.until(() => up === count || isOver(), noLimitMs);
    const { ready } = running.clients;
    if (!isOver() && ready !== undefined) {
      let isReady = false;
      ready(() => {
        isReady = true;
        world.happened();
      });
      await world.until(() => isReady || isOver(), noLimitMs);
    }
    if (this.#error !== null) throw this.#error;
    running.hasStarted = true;
  }

  connect(client: string, node: NodeName): ClientSession {
    const { clients, sessions, clientNames } = this.#history();
    clientNames.add(client);
    return trackSession(clients.session(client, this.#machine(node).name), sessions, () =>
      this.#world.happened(),
    );
  }

  inspect(): () => void {
    throw new Error(`${this.target.name} does not tell what a replica holds`);
  }

  until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    return this.#world.until(condition, timeoutMs);
  }

  async unplannedEnds(): Promise<readonly NodeEndedEvent[]> {
    const { machines, unplannedEnds } = this.#history();
    for (const machine of machines.values()) await machine.settled?.();
    if (this.#error !== null) throw this.#error;
    return unplannedEnds;
  }

  async evidence(): Promise<readonly HistoryEvent[]> {
    return this.#history().frames.events;
  }

  async logs(): Promise<ReadonlyMap<NodeName, string>> {
    return new Map([...this.#history().machines].map(([name, machine]) => [name, machine.log()]));
  }

  async reset(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    this.#error = null;
    running?.network.end();
    for (const session of running?.sessions ?? []) session.close();
    running?.clients.close?.();
    await this.#world.end();
  }

  async stop(): Promise<void> {
    await this.reset();
    await this.#world.stop();
  }

  #kindOf(name: string): EndKind {
    if (name === harnessName) return "harness";
    const { machines, services } = this.#history();
    return machines.has(name) ? "node" : services.has(name) ? "service" : "client";
  }

  /**
   * Starts a node and sends it `init` and the requests of the target's introduction. Calls `done` once the node has
   * answered all of them, or with an error.
   */
  #boot(machine: NodeMachine, done: Done): void {
    const { frames, options, introduced } = this.#history();
    const { settings, workload = "register" } = options;
    const { name } = machine;
    introduced.delete(name);
    frames.booted(name);
    machine.start({
      message: (message, text) => this.#took(name, message, text),
      broke: (code, expected, got) => this.#fail(name, code, expected, got),
      ended: (by, how) => this.#ended(machine, by, how),
    });
    const nodes = this.nodes;
    const timeoutMs = this.#messages.initTimeoutMs(settings);
    const introduce = (bodies: readonly MessageBody[]): void => {
      const [body, ...others] = bodies;
      if (body === undefined) return done(null);
      this.#request({ client: harnessName, node: name, body, timeoutMs }, (reply) => {
        const wanted = `${body.type}_ok`;
        if (reply.kind === "not-sent") return done(new Error(`${name} died while it started`));
        const isRight =
          reply.kind === "reply" &&
          // A node must understand `init`, but may answer the other requests with an error.
          (reply.body.type === wanted || (body.type !== "init" && reply.body.type === "error"));
        if (isRight) {
          introduced.add(name);
          return introduce(others);
        }
        this.#fail(
          name,
          reply.kind === "timeout" ? "no-answer" : "wrong-answer",
          `${name} to answer ${body.type} with ${wanted} within ${timeoutMs} ms`,
          reply.kind === "timeout" ? "no answer" : JSON.stringify(reply.body).slice(0, clipped),
        );
        done(this.#error);
      });
    };
    introduce([
      { type: "init", node_id: name, node_ids: nodes },
      ...this.#messages.introduction({ node: name, nodes, settings, workload }),
    ]);
  }

  /** If a node ends while the cluster starts, the run fails. Later the node's end is an event of the history. */
  #ended(machine: NodeMachine, by: NodeEndedEvent["by"], how: string): void {
    const running = this.#running;
    if (running === null) return;
    const { name } = machine;
    running.frames.ended(name, `it ended ${how}`);
    running.network.died(name);
    if (!running.hasStarted)
      return this.#fail(name, "node-ended", `${name} to go on running`, `its end, ${how}`);
    running.unplannedEnds.push({
      e: "node-ended",
      atUs: this.clock.nowUs(),
      node: name,
      by,
      detail: `the node ended ${how}; it said last: ${saidLast(machine.log())}`,
    });
    this.#stopIntroducing(running, name);
    this.#world.happened();
  }

  /**
   * Ends the harness's own requests to a dead node, so that the node's silence is not reported as its error. Requests
   * that clients sent to a dead node time out by themselves.
   */
  #stopIntroducing({ requests }: Running, node: NodeName): void {
    for (const asked of requests.values())
      if (asked.node === node && asked.from === harnessName) finish(asked, { kind: "not-sent" });
  }

  #kill(machine: NodeMachine, done: Done): void {
    const running = this.#history();
    const wasRunning = machine.isRunning;
    machine.kill((error) => {
      if (wasRunning && this.#running === running) running.frames.ended(machine.name, "killed");
      running.network.died(machine.name);
      this.#stopIntroducing(running, machine.name);
      done(error);
    });
  }

  #request(
    {
      client,
      node,
      body,
      timeoutMs,
      trace,
    }: {
      readonly client: string;
      readonly node: NodeName;
      readonly body: MessageBody;
      readonly timeoutMs: number;
      readonly trace?: number;
    },
    done: (reply: Reply) => void,
  ): () => void {
    const running = this.#history();
    if (client !== harnessName) running.clientNames.add(client);
    const id = ++this.#requestId;
    const timer = this.clock.setTimer(timeoutMs, () => finish(asked, { kind: "timeout" }));
    const asked: Asked = {
      from: client,
      node,
      trace,
      isAnswered: false,
      isHandedOn: false,
      done: (reply) => {
        timer.cancel();
        done(reply);
      },
    };
    running.requests.set(id, asked);
    // Deferred, so that `done` is not called before this call returns, even for a dead node.
    this.clock.setTimer(0, () => {
      if (asked.done === null || this.#running !== running) return;
      if (!this.#machine(node).isRunning) return finish(asked, { kind: "not-sent" });
      running.network.send(
        { src: client, dest: node, body: { ...body, msg_id: id } },
        undefined,
        trace,
      );
    });
    return () => {
      timer.cancel();
      asked.done = null;
    };
  }

  /** Handles a message that a node wrote. */
  #took(node: NodeName, message: NodeMessage, text: string | undefined): void {
    const running = this.#running;
    if (running === null || this.#error !== null) return;
    const { src, dest, body } = message;
    const shown = (text ?? JSON.stringify(message)).slice(0, clipped);
    const isNamed = (name: string): boolean =>
      running.machines.has(name) ||
      running.services.has(name) ||
      running.clientNames.has(name) ||
      name === harnessName;
    if (!isNamed(src) || !maySpeakFor(running, node, message))
      return this.#fail(
        node,
        "wrong-source",
        `messages of ${node} with src "${node}", or with the src of a message that it forwards`,
        shown,
      );
    if (!isNamed(dest))
      return this.#fail(
        node,
        "unknown-destination",
        `messages to an existing node, service or client`,
        `one to "${dest}": ${shown}`,
      );
    if (running.frames.count > mostFrames)
      return this.#fail(
        node,
        "too-many-messages",
        `at most ${mostFrames} messages in a history`,
        "more",
      );
    const toNode = running.machines.has(dest) || running.services.has(dest);
    if (toNode) {
      const handedOn = src === node ? undefined : running.requests.get(body.msg_id ?? 0);
      if (handedOn?.from === src) handedOn.isHandedOn = true;
      return running.network.send(message, text, undefined, node);
    }
    const asked = running.requests.get(body.in_reply_to ?? 0);
    if (asked === undefined || asked.from !== dest)
      return this.#fail(
        node,
        "unknown-request",
        `replies to ${dest} whose in_reply_to is the msg_id of a request of ${dest}`,
        shown,
      );
    // A new leader may answer a request to the previous leader.
    if (asked.node !== node) asked.isHandedOn = true;
    if (asked.isAnswered && asked.isHandedOn) return;
    if (asked.isAnswered)
      return this.#fail(
        node,
        "answered-twice",
        "one reply to each request",
        `a second one: ${shown}`,
      );
    asked.isAnswered = true;
    running.network.send(message, text, asked.trace, node);
  }

  #deliver(message: NodeMessage, text: string | undefined): boolean {
    const running = this.#running;
    if (running === null) return false;
    const machine = running.machines.get(message.dest);
    if (machine !== undefined) {
      // A node that has not answered `init` may still ask services, for example for its first state.
      const isHeard =
        message.src === harnessName ||
        running.services.has(message.src) ||
        running.introduced.has(message.dest);
      if (!machine.isRunning || !isHeard) return false;
      if (running.machines.has(message.src))
        running.heard.get(message.dest)?.add(messageKey(message));
      machine.deliver(message, text);
      return true;
    }
    const service = running.services.get(message.dest);
    if (service !== undefined) {
      const body = service.handle(message);
      const id = message.body.msg_id;
      if (body !== null)
        running.network.send({
          src: message.dest,
          dest: message.src,
          body: id === undefined ? body : { ...body, in_reply_to: id },
        });
      return true;
    }
    const asked = running.requests.get(message.body.in_reply_to ?? 0);
    if (asked !== undefined) finish(asked, { kind: "reply", body: message.body });
    return true;
  }

  /** Keeps the error of a node, mostly that it broke the protocol. The error ends the run. Later errors are ignored. */
  #fail(node: NodeName, code: string, expected: string, got: string): void {
    const machine = this.#running?.machines.get(node);
    if (machine === undefined || this.#error !== null) return;
    const ErrorClass = notOfTheNode.has(code) ? EnvironmentError : NodeFaultError;
    this.#error = new ErrorClass({
      code,
      expected,
      got: `${got}; ${node} said last: ${machine.lastWords()}`,
      hint: "docs/maelstrom.md says what a node may write.",
    });
    this.#world.happened();
  }

  #history(): Running {
    if (this.#running !== null) return this.#running;
    throw notStarted();
  }

  #machine(node: NodeName): NodeMachine {
    const machine = this.#history().machines.get(node);
    if (machine !== undefined) return machine;
    throw noSuchNode(node, this.nodes);
  }
}

/** Ends a request with its reply. Does nothing if the request has ended. */
function finish(asked: Asked, reply: Reply): void {
  const { done } = asked;
  asked.done = null;
  done?.(reply);
}

/**
 * Whether a node may write this message. In the name of another node, it may only forward a message that it got in that
 * name, or answer a request of a client or the harness to that other node.
 */
function maySpeakFor(
  { machines, requests, heard }: Running,
  node: NodeName,
  message: NodeMessage,
): boolean {
  const { src, body } = message;
  if (src === node || !machines.has(src)) return true;
  const asked = requests.get(body.in_reply_to ?? 0);
  return asked?.node === src || heard.get(node)?.has(messageKey(message)) === true;
}

/** Tells messages of one sender apart, except messages of the same type without a number (`msg_id`). */
const messageKey = ({ src, body }: NodeMessage): string => `${src} ${body.msg_id ?? body.type}`;

/** Codes of errors for which the node's program may not be to blame. */
const notOfTheNode: ReadonlySet<string> = new Set(["node-not-started", "too-many-messages"]);

/** The largest number of characters of a message that an error shows. */
const clipped = 300;
/**
 * No limit in practice, in ms: the longest timer. The requests to starting nodes, and the wait until nodes serve, have
 * limits of their own.
 */
const noLimitMs = 2 ** 31 - 1;
