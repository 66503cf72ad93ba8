/** A cluster in containers: real kernels, sockets, disks and signals behind the same interface as the simulator. */
import { randomBytes } from "node:crypto";
import type { HistoryEvent, NodeEndedEvent, NodeName } from "../../../checkers/index.ts";
import { nodeName } from "../../../generators/index.ts";
import type { Target } from "../../targets/target.ts";
import type { Cluster, StartOptions } from "../cluster.ts";
import { noSuchNode, notStarted } from "../cluster-errors.ts";
import type { Done, FaultPorts } from "../fault-port.ts";
import { ownKeys } from "../own-keys.ts";
import type { Reach } from "../reach.ts";
import type { ClientSession, Inspected, TargetClients } from "../session.ts";
import { trackSession } from "../tracked-session.ts";
import { unlessAborted } from "../unless-aborted.ts";
import { EnvironmentError } from "../../errors.ts";
import { createMembership } from "../membership.ts";
import { removeRun } from "./clean.ts";
import type { ContainerTarget, NodeSpec } from "./container-target.ts";
import { emptyTable } from "./cuts.ts";
import { createDisks, type Disks } from "./disks.ts";
import type { Ends } from "./ends.ts";
import type { Engine } from "./engine.ts";
import { createFaultPorts } from "./fault-ports.ts";
import { createFilter, type Filter } from "./filter.ts";
import { createLimits, type Limits } from "./limits.ts";
import { createMachine, emptyMachine, type Machine, nodeLimit, prepareProcess } from "./machine.ts";
import { platformName } from "./name.ts";
import type { Networks } from "./networks.ts";
import { controlDirectory } from "./paths.ts";
import { createQueue, type Queue } from "./queue.ts";
import { untilReady } from "./readiness.ts";
import { together } from "./together.ts";
import type { Volumes } from "./volumes.ts";
import { createWallClocks, type WallClocks } from "./wall-clock.ts";
import { createWaiting } from "../waiting.ts";

/** The state of one history. */
interface Running {
  readonly options: StartOptions;
  /** The machines of all nodes that may exist in this history, in order of their numbers. */
  readonly machines: readonly Machine[];
  /** Nodes that have a machine in this history but have not joined yet. */
  readonly newcomers: Set<NodeName>;
  /** Nodes that left for good. */
  readonly retired: Set<NodeName>;
  readonly sinceSeconds: number;
  readonly specOf: (machine: Machine) => Promise<NodeSpec>;
  readonly clients: TargetClients;
  readonly sessions: Set<ClientSession>;
  readonly clientLog: string[];
}

/** The resources that a cluster is built from. */
export interface Ground {
  readonly run: string;
  readonly target: Target;
  readonly containers: ContainerTarget;
  /** The image of the machines. The nodes' processes use `processImage`. */
  readonly image: string;
  readonly processImage: string;
  readonly engineVersion: string;
  readonly networks: Networks;
  /** Prints a line about a slow step, such as building an image. */
  say(line: string): void;
  readonly volumes: Volumes | string;
  readonly ends: Ends;
}

export class DockerCluster implements Cluster {
  readonly platform = platformName;
  readonly virtualTime = false;
  readonly replaysExactly = false;
  readonly target: Target;
  readonly #engine: Engine;
  readonly #filter: Filter;
  readonly #disks: Disks;
  readonly #limits: Limits;
  readonly #clocks: WallClocks;
  readonly #ground: Ground;
  readonly #waiting = createWaiting();
  readonly clock = this.#waiting.clock;
  readonly #membership = createMembership({
    clock: this.clock,
    cannot: () =>
      this.target.facts(this.target.defaults).newcomers === undefined
        ? `the membership of ${this.target.name} is fixed`
        : null,
    start: (node, done) => this.#join(node, done),
    retire: (node, done) => {
      this.#history().retired.add(node);
      this.#act(node, ({ process }) => this.#ground.ends.kill(process), done);
    },
    nodes: () => this.nodes,
    ask: (name, change, done) => {
      const { change: asks } = this.#history().clients;
      if (asks === undefined) return done({ is: "refused", why: "it cannot change", again: false });
      asks(name, change, (state) => {
        done(state);
        this.#waiting.happened();
      });
    },
  });
  readonly ports: FaultPorts;
  #machines: readonly Machine[] = [];
  #lacks: ReadonlyMap<string, string> = new Map();
  /**
   * The specifications, as JSON, of the nodes that may live on into the next history. Null: the next history gets fresh
   * nodes.
   */
  #goingOn: string | null = null;
  #bootedSeconds = 0;
  #running: Running | null = null;
  #clientError: Error | null = null;
  #stopped = false;
  /** For each node: the queue that runs actions on the node in the order of the calls. */
  readonly #queues = new Map<NodeName, Queue>();
  readonly #lifeQueue = createQueue();
  /**
   * What each node's process container was created from, as JSON. A node without an entry has no such container yet.
   */
  readonly #made = new Map<NodeName, string>();

  constructor(engine: Engine, ground: Ground) {
    this.#engine = engine;
    this.target = ground.target;
    this.#filter = createFilter(engine, ground.containers.clientPort);
    this.#disks = createDisks(engine, ground.volumes, ground.containers);
    this.#limits = createLimits(engine, nodeLimit(ground.containers));
    this.#clocks = createWallClocks(engine);
    this.#ground = ground;
    this.ports = createFaultPorts({
      engine,
      kill: ({ process }) => ground.ends.kill(process),
      filter: this.#filter,
      disks: this.#disks,
      limits: this.#limits,
      clocks: this.#clocks,
      damages: ground.containers.damages,
      active: () => this.#active(),
      isPresent: (node) => this.#isPresent(node),
      membership: this.#membership.port,
      lacks: () => this.#lacks,
      addressOf: (node) => {
        const { ports } = this.#machine(node);
        return { host: "127.0.0.1", port: ports.get(ground.containers.clientPort) ?? 0 };
      },
      setClientClock: (client, aheadMs) => this.#running?.clients.setClock?.(client, aheadMs),
      settle: (work, done) => this.#settle(work, done),
      act: (node, change, done) => this.#act(node, change, done),
    });
  }

  get nodes(): readonly NodeName[] {
    return this.#active()
      .map(({ node }) => node)
      .filter((node) => this.#isPresent(node));
  }

  get membershipChanges(): boolean {
    return this.#membership.changes;
  }

  get clientError(): Error | null {
    return this.#clientError;
  }

  get environment(): Readonly<Record<string, string>> {
    const { image, processImage, engineVersion } = this.#ground;
    return {
      image: processImage,
      ...(image === processImage ? {} : { machineImage: image }),
      engine: engineVersion,
    };
  }

  /** Finds out which faults this engine's kernel or the target rules out. */
  async findLimits(): Promise<void> {
    const [machine] = this.#machines;
    if (machine !== undefined)
      this.#lacks = new Map([
        ...(await this.#filter.limits(machine)),
        ...(await this.#disks.limits(machine)),
        ...(await this.#limits.cannot(machine)),
        ...lacksOf(this.#ground.containers),
      ]);
  }

  /** Ensures that there are at least `count` machines. */
  async makeMachines(count: number): Promise<void> {
    const { run, image, processImage, containers, networks, volumes } = this.#ground;
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
          processImage,
          dataFolder: typeof volumes === "string" ? null : await volumes.make(node),
          clientNetwork: networks.clients,
          peerNetwork: networks.peers,
          address: networks.addressOf(index),
        };
        return createMachine(this.#engine, spec, containers);
      }),
    );
    for (const { node } of made) this.#queues.set(node, createQueue());
    this.#machines = [...this.#machines, ...made];
  }

  start(options: StartOptions): Promise<void> {
    return this.#lifeQueue(async () => {
      this.#refuseIfStopped();
      await this.#end();
      const { containers } = this.#ground;
      const { settings, workload = "register", evidence, bugBundle, newcomers, signal } = options;
      const { nodes } = this.target.facts(settings);
      const count = nodesWith(nodes, newcomers);
      await this.makeMachines(count);
      const ever = this.#machines.slice(0, count);
      const machines = ever.slice(0, nodes);
      const names = machines.map(({ node }) => node);
      const secret = randomBytes(24).toString("base64url");
      const addressOf = (name: NodeName): string => {
        const found = ever.find(({ node }) => node === name);
        if (found === undefined)
          throw new Error(
            `expected one of ${ever.map(({ node }) => node).join(", ")}, got ${name}`,
          );
        return found.address;
      };
      const clientLog: string[] = [];
      this.#clientError = null;
      const reach: Reach = {
        nodes: names,
        settings,
        workload,
        address: (node, port = containers.clientPort) => {
          const published = this.#machine(node).ports.get(port);
          if (published === undefined)
            throw new Error(`port ${port} is not among the ports that the target names`);
          return { host: "127.0.0.1", port: published };
        },
        addressOf,
        clock: this.clock,
        secret,
        log: (line) => void clientLog.push(line),
        fail: (error) => {
          this.#clientError ??= error;
          this.#waiting.happened();
        },
      };
      const sinceSeconds = Date.now() / 1000;
      const clients = containers.clients(reach);
      // With isolation by fresh keys, the nodes may live on between histories, and each history has its own prefix of
      // keys.
      const isolation = this.target.capabilities(settings, this, workload).isolation;
      const keyspace =
        isolation === "fresh-keyspace" ? `q${randomBytes(5).toString("hex")}-` : null;
      const specOf = async ({ node }: Machine): Promise<NodeSpec> =>
        containers.node({
          node,
          index: this.#machines.findIndex((machine) => machine.node === node),
          settings,
          nodes: names,
          ...(newcomers === undefined ? {} : { newcomers }),
          addressOf,
          controlFolder: controlDirectory,
          secret,
          evidence,
          bugBundle,
          say: (line) => this.#ground.say(line),
        });
      this.#running = {
        options,
        machines: ever,
        newcomers: new Set(ever.slice(nodes).map(({ node }) => node)),
        retired: new Set(),
        specOf,
        sinceSeconds,
        clients: keyspace === null ? clients : ownKeys(clients, keyspace),
        sessions: new Set(),
        clientLog,
      };
      await this.#filter.clear(this.#machines);
      await this.#limits.set(
        this.#machines.filter(({ node }) => this.#made.has(node)),
        [],
      );
      const specs = await Promise.all(machines.map(specOf));
      const fingerprint = JSON.stringify(specs);
      const serve = async (sinceSeconds: number): Promise<void> => {
        await together(machines.map(({ process }) => this.#engine.start(process)));
        await together(
          machines.map((machine) =>
            untilReady({
              engine: this.#engine,
              machine,
              containers,
              reach,
              sinceSeconds,
              signal,
            }),
          ),
        );
      };
      this.#waiting.begin();
      this.#ground.ends.begin();
      let goOn = keyspace !== null && newcomers === undefined && fingerprint === this.#goingOn;
      if (goOn) {
        // A node that lives on may have logged that it is ready only when it booted, so the log is read from that time
        // on.
        const goOnServing = async (): Promise<void> => {
          await this.#mend(machines);
          await serve(this.#bootedSeconds);
        };
        await goOnServing().catch((error: unknown) => {
          this.#refuseIfStopped();
          const why = error instanceof Error ? error.message : String(error);
          this.#ground.say(`the nodes cannot continue and are created again: ${why}`);
          goOn = false;
        });
      }
      if (!goOn) {
        await this.#killAll();
        this.#disks.forget();
        await together(
          ever.map(async (machine) => {
            await emptyMachine(this.#engine, machine, emptyTable, containers);
            const spec = specs[machines.indexOf(machine)];
            if (spec !== undefined)
              await prepareProcess(this.#engine, machine, { containers, spec }, this.#made);
            await this.#disks.emptied(machine);
          }),
        );
        // After a history in which nodes may join, the next history gets fresh nodes.
        this.#goingOn = keyspace === null || newcomers !== undefined ? null : fingerprint;
        this.#bootedSeconds = sinceSeconds;
        this.#waiting.begin();
        this.#ground.ends.begin();
        await serve(sinceSeconds);
      }
      if (containers.prepare !== undefined && signal?.aborted !== true)
        await unlessAborted(containers.prepare(reach), signal);
    });
  }

  connect(client: string, node: NodeName): ClientSession {
    const { clients, sessions } = this.#history();
    const session = trackSession(
      clients.session(client, this.#machine(node).node),
      sessions,
      this.#waiting.happened,
    );
    return session;
  }

  inspect(node: NodeName, done: (inspected: Inspected) => void): () => void {
    const { clients } = this.#history();
    if (clients.inspect === undefined)
      throw new Error(`${this.target.name} does not tell what a replica holds`);
    return clients.inspect(this.#machine(node).node, (inspected) => {
      done(inspected);
      this.#waiting.happened();
    });
  }

  settle(timeoutMs: number, done: Done): void {
    const { clients } = this.#history();
    this.#settle(clients.settle?.(timeoutMs) ?? Promise.resolve(), done);
  }

  until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    return this.#waiting.until(condition, timeoutMs);
  }

  async unplannedEnds(): Promise<readonly NodeEndedEvent[]> {
    const ends = await this.#ground.ends.unplanned(this.#started());
    const nowUs = this.clock.nowUs();
    const nowMs = Date.now();
    // The engine reports wall-clock times.
    return ends.map(({ node, by, detail, atMs }) => ({
      e: "node-ended",
      atUs: Math.min(nowUs, Math.max(0, Math.round(nowUs - (nowMs - atMs) * 1000))),
      node,
      by,
      detail,
    }));
  }

  async evidence(): Promise<readonly HistoryEvent[]> {
    const { evidence } = this.#ground.containers;
    if (evidence === undefined) return [];
    const events = await Promise.all(
      this.#started().map(({ machine }) =>
        evidence((command) => this.#engine.run(machine, command)),
      ),
    );
    // The sort is stable, so events of one node with equal times keep their order.
    return events
      .flat()
      .map((event) => ({ ...event, atUs: event.atUs - this.#waiting.beganUs }))
      .sort((a, b) => a.atUs - b.atUs);
  }

  async logs(): Promise<ReadonlyMap<NodeName, string>> {
    const { sinceSeconds, clientLog } = this.#history();
    const logs = new Map(
      await Promise.all(
        this.#started().map(
          async ({ node, process }) =>
            [node, await this.#engine.logs(process, sinceSeconds)] as const,
        ),
      ),
    );
    if (clientLog.length > 0) logs.set("clients", `${clientLog.join("\n")}\n`);
    return logs;
  }

  reset(): Promise<void> {
    return this.#lifeQueue(() => this.#end());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting.end();
    this.#ground.ends.close();
    const remove = (): Promise<unknown> => removeRun(this.#engine, this.#ground.run);
    // Removes everything of the run without waiting for the queue, which also ends a start that waits for its nodes.
    // Until that start has ended it may create further containers, which can make this removal fail. So an error is
    // ignored here, and the removal is repeated in the queue, after the start.
    await remove().catch(() => {});
    await this.#lifeQueue(async () => {
      this.#disconnect();
      await remove();
    });
  }

  /** Ends the faults of clocks and disks that an earlier history left on these machines, whose nodes live on. */
  async #mend(machines: readonly Machine[]): Promise<void> {
    // An earlier history may still be moving a clock, so this waits for each node's queue first.
    const queues = machines.flatMap(({ node }) => this.#queues.get(node) ?? []);
    await together(queues.map((queue) => queue(() => Promise.resolve())));
    await this.#clocks.mend(machines);
    await this.#disks.mend(machines);
  }

  /** Ends the last history: closes its clients, and kills its nodes unless they live on or the cluster was stopped. */
  async #end(): Promise<void> {
    this.#waiting.end();
    this.#membership.reset();
    this.#disconnect();
    if (this.#stopped || this.#goingOn !== null) return;
    await this.#killAll();
  }

  async #killAll(): Promise<void> {
    const made = this.#machines.filter(({ node }) => this.#made.has(node));
    await together(made.map(({ process }) => this.#ground.ends.kill(process)));
  }

  #disconnect(): void {
    this.#running?.sessions.forEach((session) => session.close());
    this.#running?.clients.close?.();
    this.#running = null;
  }

  #act(node: NodeName, change: (machine: Machine) => Promise<unknown>, done: Done): void {
    const machine = this.#machine(node);
    const queue = this.#queues.get(node);
    if (queue === undefined) throw new Error(`${node} has a machine but no queue`);
    this.#settle(
      queue(() => change(machine)),
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

  /**
   * Creates and starts a newcomer's process. Current link faults already apply to it. Does nothing if its history is
   * over, or if the node has joined before.
   */
  #join(node: NodeName, done: Done): void {
    const running = this.#history();
    const { containers } = this.#ground;
    this.#act(
      node,
      (machine) =>
        // Runs in the queue of starts and stops, since things created during a stop would be left behind.
        this.#lifeQueue(async () => {
          this.#refuseIfStopped();
          if (running !== this.#running || !running.newcomers.has(node)) return;
          const spec = await running.specOf(machine);
          await prepareProcess(this.#engine, machine, { containers, spec }, this.#made);
          await this.#engine.start(machine.process);
          running.newcomers.delete(node);
        }),
      done,
    );
  }

  /** The machines of this history. */
  #active(): readonly Machine[] {
    return this.#running?.machines ?? [];
  }

  /** The machines whose nodes ran at some time in this history. */
  #started(): readonly Machine[] {
    return this.#active().filter(({ node }) => this.#running?.newcomers.has(node) === false);
  }

  #isPresent(node: NodeName): boolean {
    const running = this.#running;
    return running !== null && !running.newcomers.has(node) && !running.retired.has(node);
  }

  #history(): Running {
    this.#refuseIfStopped();
    if (this.#running !== null) return this.#running;
    throw notStarted();
  }

  #machine(name: NodeName): Machine {
    const machine = this.#active().find(({ node }) => node === name);
    if (machine !== undefined) return machine;
    throw noSuchNode(name, this.nodes);
  }

  #refuseIfStopped(): void {
    if (!this.#stopped) return;
    throw new EnvironmentError({
      code: "cluster-stopped",
      expected: "a cluster that was not stopped",
      got: "a cluster whose containers are gone",
      hint: "Create a new cluster.",
    });
  }
}

/**
 * The number of machines that a history needs: one for each node up to the last newcomer, since link faults may name
 * any of these nodes.
 */
function nodesWith(nodes: number, newcomers: readonly NodeName[] = []): number {
  const missing = new Set(newcomers);
  let count = nodes;
  while (missing.size > 0) missing.delete(nodeName(count++));
  return count;
}

/** The fault ports that the target's description rules out: port → why. */
const lacksOf = ({
  dataPath,
  clock,
  clientClocks,
  cannot = new Map(),
}: ContainerTarget): ReadonlyMap<string, string> =>
  new Map([
    ...(dataPath === undefined
      ? (["damage", "full-disk", "power", "slow-disk"] as const).map(
          (port) =>
            [
              port,
              "the target does not name the folder of a node's data (containers.data)",
            ] as const,
        )
      : []),
    ...(clock === true
      ? []
      : [
          [
            "clock",
            "the target does not say that its program's clock can be moved (containers.clock)",
          ] as const,
        ]),
    ...(clientClocks === true
      ? []
      : [
          ["client-clocks", "the target does not say that its clients stamp their writes"] as const,
        ]),
    ...cannot,
  ]);
