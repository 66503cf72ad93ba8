/** The cluster in containers: real kernels, sockets, disks and signals behind the same interface as the simulator. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { HistoryEvent, NodeName } from "../../../checkers/index.ts";
import {
  type DiskDamage,
  type FaultKind,
  type Limit,
  nodeName,
} from "../../../generators/index.ts";
import type {
  ClientConnection,
  ClientHandlers,
  Cluster,
  StartOptions,
  TroubledLink,
} from "../cluster.ts";
import { EnvironmentError } from "../../errors.ts";
import { removeRun } from "./clean.ts";
import { connectClient } from "./client.ts";
import { type Cut, emptyTable } from "./cuts.ts";
import { createDisks, type Disks } from "./disks.ts";
import type { Engine } from "./engine.ts";
import { collectEvidence } from "./evidence.ts";
import { createFilter, type Filter } from "./filter.ts";
import { createLimits, type Limits } from "./limits.ts";
import { createMachine, type Machine, refurbish } from "./machine.ts";
import type { Networks } from "./networks.ts";
import { createQueue, type Queue } from "./queue.ts";
import { untilReady } from "./readiness.ts";
import { together } from "./together.ts";
import { setClockCommand } from "./wall-clock.ts";
import type { Volumes } from "./volumes.ts";
import { createWaiting } from "./waiting.ts";

type Done = (error: Error | null) => void;

/** What holds for one history. */
interface Running {
  readonly options: StartOptions;
  readonly secret: string;
  readonly sinceSeconds: number;
  readonly connections: Set<ClientConnection>;
}

/** What the cluster stands on. */
export interface Ground {
  readonly run: string;
  readonly image: string;
  readonly engineVersion: string;
  readonly networks: Networks;
  readonly volumes: Volumes | string;
  readonly program: Buffer;
}

export class DockerCluster implements Cluster {
  readonly kind = "docker";
  readonly #engine: Engine;
  readonly #filter: Filter;
  readonly #disks: Disks;
  readonly #limits: Limits;
  readonly #ground: Ground;
  readonly #waiting = createWaiting();
  readonly clock = this.#waiting.clock;
  #machines: readonly Machine[] = [];
  #cannot: ReadonlyMap<FaultKind, string> = new Map();
  #running: Running | null = null;
  #stopped = false;
  /** What is done to a node is done in the order in which it was asked. */
  readonly #queues = new Map<NodeName, Queue>();
  readonly #lifeQueue = createQueue();

  constructor(engine: Engine, ground: Ground) {
    this.#engine = engine;
    this.#filter = createFilter(engine);
    this.#disks = createDisks(engine, ground.volumes);
    this.#limits = createLimits(engine);
    this.#ground = ground;
  }

  get nodes(): readonly NodeName[] {
    return this.#active().map(({ node }) => node);
  }

  get environment(): Readonly<Record<string, string>> {
    return { image: this.#ground.image, engine: this.#ground.engineVersion };
  }

  get cannot(): ReadonlyMap<FaultKind, string> {
    return this.#cannot;
  }

  /** Finds out what this engine's kernel cannot do. */
  async findLimits(): Promise<void> {
    const [machine] = this.#machines;
    if (machine !== undefined)
      this.#cannot = new Map([
        ...(await this.#filter.limits(machine)),
        ...(await this.#disks.limits(machine)),
        ...(await this.#limits.cannot(machine)),
      ]);
  }

  /** Grows to at least this many machines. */
  async makeMachines(count: number): Promise<void> {
    const { run, image, networks, volumes, program } = this.#ground;
    const missing = Array.from(
      { length: Math.max(0, count - this.#machines.length) },
      (_, i) => this.#machines.length + i,
    );
    const made = await together(
      missing.map(async (index) => {
        const node = nodeName(index);
        const spec = {
          run,
          node,
          image,
          dataFolder: typeof volumes === "string" ? null : await volumes.make(node),
          clientNetwork: networks.clients,
          peerNetwork: networks.peers,
          address: networks.addressOf(index),
        };
        return createMachine(this.#engine, spec, program);
      }),
    );
    for (const { node } of made) this.#queues.set(node, createQueue());
    this.#machines = [...this.#machines, ...made];
  }

  start(options: StartOptions): Promise<void> {
    return this.#lifeQueue(async () => {
      this.#refuseIfStopped();
      await this.#end();
      const bug = options.bugBundle === undefined ? null : await readFile(options.bugBundle);
      const secret = randomBytes(24).toString("base64url");
      await this.makeMachines(options.settings.nodes);
      const machines = this.#machines.slice(0, options.settings.nodes);
      const orders = { settings: options.settings, secret, evidence: options.evidence, bug };
      this.#running = { options, secret, sinceSeconds: Date.now() / 1000, connections: new Set() };
      await this.#filter.clear(this.#machines);
      await this.#limits.set(this.#machines, []);
      this.#disks.forget();
      await together(
        machines.map(async (machine) => {
          await refurbish(this.#engine, machine, machines, emptyTable, orders);
          await this.#disks.emptied(machine);
        }),
      );
      this.#waiting.begin();
      await together(machines.map(({ process }) => this.#engine.start(process)));
      const peers = machines.length - 1;
      const connect = (node: NodeName, handlers: ClientHandlers): ClientConnection =>
        this.connect("readiness", node, handlers);
      await together(
        machines.map((machine) =>
          untilReady({ engine: this.#engine, machine, peers, secret, connect }),
        ),
      );
    });
  }

  connect(client: string, node: NodeName, handlers: ClientHandlers): ClientConnection {
    const { options, secret, connections } = this.#history();
    const connection = connectClient({
      client,
      port: this.#machine(node).port,
      secret,
      frameBytes: options.settings.frameBytes,
      handlers: {
        ...handlers,
        open: () => handlers.open(),
        reply: (reply) => handlers.reply(reply),
        closed: (reason) => {
          connections.delete(connection);
          handlers.closed(reason);
        },
      },
      happened: this.#waiting.happened,
    });
    connections.add(connection);
    return connection;
  }

  setCuts(cuts: readonly Cut[], done: Done): void {
    this.#settle(this.#filter.setCuts(this.#active(), cuts), done);
  }

  setTroubles(links: readonly TroubledLink[], done: Done): void {
    this.#settle(this.#filter.setTroubles(this.#active(), links), done);
  }

  kill(node: NodeName, done: Done): void {
    this.#act(node, this.#engine.kill, done);
  }

  restart(node: NodeName, done: Done): void {
    const machine = this.#machine(node);
    const restarted = async (): Promise<void> => {
      await this.#engine.start(machine.process);
      await this.#disks.started(machine);
    };
    this.#act(node, restarted, done);
  }

  pause(node: NodeName, done: Done): void {
    this.#act(node, this.#engine.pause, done);
  }

  resume(node: NodeName, done: Done): void {
    this.#act(node, this.#engine.unpause, done);
  }

  damageDisk(node: NodeName, damage: DiskDamage, atPerMille: number, done: Done): void {
    this.#act(node, () => this.#disks.damage(this.#machine(node), damage, atPerMille), done);
  }

  copyDisk(node: NodeName, done: Done): void {
    this.#act(node, () => this.#disks.copy(this.#machine(node)), done);
  }

  losePower(node: NodeName, done: Done): void {
    this.#act(node, () => this.#disks.losePower(this.#machine(node)), done);
  }

  setFullDisks(nodes: readonly NodeName[], done: Done): void {
    this.#settle(this.#disks.setFull(this.#active(), nodes), done);
  }

  setSlowDisks(nodes: readonly NodeName[], done: Done): void {
    this.#settle(this.#disks.setSlow(this.#active(), nodes), done);
  }

  setLimits(limits: readonly (readonly [NodeName, Limit])[], done: Done): void {
    this.#settle(this.#limits.set(this.#active(), limits), done);
  }

  setClock(node: NodeName, aheadMs: number, done: Done): void {
    this.#act(
      node,
      () => this.#engine.run(this.#machine(node).machine, ["sh", "-ec", setClockCommand(aheadMs)]),
      done,
    );
  }

  until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    return this.#waiting.until(condition, timeoutMs);
  }

  evidence(): Promise<readonly HistoryEvent[]> {
    return collectEvidence(this.#engine, this.#active(), this.#waiting.beganUs);
  }

  async logs(): Promise<ReadonlyMap<NodeName, string>> {
    const { sinceSeconds } = this.#history();
    return new Map(
      await Promise.all(
        this.#active().map(
          async ({ node, process }) =>
            [node, await this.#engine.logs(process, sinceSeconds)] as const,
        ),
      ),
    );
  }

  reset(): Promise<void> {
    return this.#lifeQueue(() => this.#end());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting.end();
    const remove = (): Promise<unknown> => removeRun(this.#engine, this.#ground.run);
    // At once, which also ends a start that waits for its nodes. What that start still makes can get in the way of this; so
    // whatever fails here is tried again below, once nothing is being made any more.
    await remove().catch(() => {});
    await this.#lifeQueue(async () => {
      this.#running?.connections.forEach((connection) => connection.close());
      this.#running = null;
      await remove();
    });
  }

  /** Nothing of the last history runs on, on either side. */
  async #end(): Promise<void> {
    this.#waiting.end();
    this.#running?.connections.forEach((connection) => connection.close());
    this.#running = null;
    if (this.#stopped) return;
    await together(this.#machines.map(({ process }) => this.#engine.kill(process)));
  }

  #act(node: NodeName, change: (container: string) => Promise<unknown>, done: Done): void {
    const { process } = this.#machine(node);
    const queue = this.#queues.get(node);
    if (queue === undefined) throw new Error(`${node} has a machine but no queue`);
    this.#settle(
      queue(() => change(process)),
      done,
    );
  }

  #settle(work: Promise<unknown>, done: Done): void {
    const finish = (error: Error | null): void => {
      done(error);
      this.#waiting.happened();
    };
    work.then(() => finish(null), finish);
  }

  #active(): readonly Machine[] {
    return this.#running === null
      ? []
      : this.#machines.slice(0, this.#running.options.settings.nodes);
  }

  #history(): Running {
    this.#refuseIfStopped();
    if (this.#running !== null) return this.#running;
    throw new EnvironmentError({
      code: "cluster-not-started",
      expected: "a started cluster",
      got: "one that was not started or was reset",
      hint: "Call start first.",
    });
  }

  #machine(name: NodeName): Machine {
    const machine = this.#active().find(({ node }) => node === name);
    if (machine !== undefined) return machine;
    throw new EnvironmentError({
      code: "no-such-node",
      expected: `one of ${this.nodes.join(", ")}`,
      got: name,
      hint: "Ask for a node of this cluster.",
    });
  }

  #refuseIfStopped(): void {
    if (!this.#stopped) return;
    throw new EnvironmentError({
      code: "cluster-stopped",
      expected: "a cluster that was not stopped",
      got: "one whose containers are gone",
      hint: "Make a new one.",
    });
  }
}
