/** The simulated cluster: the same store and the same faults as in containers, on virtual time. */
import { pathToFileURL } from "node:url";
import type { HistoryEvent, NodeName } from "../../../checkers/index.ts";
import type { DiskDamage, FaultKind, HostEvent } from "../../../generators/index.ts";
import {
  isClientReply,
  isPeerReply,
  createNode,
  describeFrame,
  describeRecord,
  healthyParts,
  nodeNames,
  validate,
} from "../../../store/index.ts";
import type {
  ClientConnection,
  ClientHandlers,
  Cluster,
  ClusterClock,
  ClusterTimer,
  StartOptions,
  TroubledLink,
} from "../cluster.ts";
import { EnvironmentError } from "../../errors.ts";
import type { Boot } from "./boot.ts";
import type { Disk } from "./disk.ts";
import type { SimNode } from "./node.ts";
import type { Protocol } from "./protocol.ts";
import { bringUp } from "./readiness.ts";
import { SimWorld } from "./world.ts";

type Done = (error: Error | null) => void;

const protocol: Protocol = { validate, describeFrame, describeRecord };

/** A cluster that lives in this process, on virtual time. It can be started any number of times, one history at a time. */
export function createSimCluster(): Cluster {
  return new SimCluster();
}

class SimCluster implements Cluster {
  readonly kind = "sim";
  readonly environment: Readonly<Record<string, string>> = {};
  /** Here a node takes no processor time and no memory, so that there is nothing to limit; slow messages, disks and pauses make what would follow. */
  readonly cannot: ReadonlyMap<FaultKind, string> = new Map([
    ["limit", "simulated nodes use no processor time and no memory that could be limited"],
  ]);
  private world: SimWorld | null = null;
  readonly clock: ClusterClock = {
    nowUs: () => this.running().loop.nowUs,
    setTimer: (delayMs, fire) => this.running().setTimer(delayMs, fire),
  };

  get nodes(): readonly NodeName[] {
    return this.world === null ? [] : [...this.world.nodes.keys()];
  }

  async start(options: StartOptions): Promise<void> {
    await this.reset();
    const { settings } = options;
    const parts = await partsOf(options.bugBundle);
    const world = new SimWorld({
      seed: options.worldSeed,
      nodes: nodeNames(settings),
      program: (host) => createNode(host, settings, parts),
      protocol,
      evidence: options.evidence,
    });
    this.world = world;
    bringUp(world);
  }

  connect(client: string, node: NodeName, handlers: ClientHandlers): ClientConnection {
    const stream = this.running().connect(client, this.node(node).name, {
      open: () => handlers.open(),
      message: (message) => {
        if (isClientReply(message)) handlers.reply(message);
        else if (isPeerReply(message) && handlers.peerReply !== undefined)
          handlers.peerReply(message);
        else stream.close(`a client cannot receive ${message.type}`);
      },
      close: (reason) => handlers.closed(reason),
    });
    return {
      send: (request) => stream.send(request),
      close: () => stream.close("the client is done"),
    };
  }

  setCuts(cuts: readonly (readonly [NodeName, NodeName])[], done: Done): void {
    const world = this.running();
    world.next(
      () => world.network.setCuts(cuts),
      () => done(null),
    );
  }

  setTroubles(links: readonly TroubledLink[], done: Done): void {
    const world = this.running();
    world.next(
      () => world.network.setTroubles(links),
      () => done(null),
    );
  }

  kill(node: NodeName, done: Done): void {
    const machine = this.node(node);
    this.running().next(
      () => machine.kill(),
      () => done(null),
    );
  }

  restart(node: NodeName, done: Done): void {
    this.running().restart(this.node(node), (runs) =>
      done(runs ? null : new Error(`${node} was killed while it started`)),
    );
  }

  pause(node: NodeName, done: Done): void {
    this.act(node, (boot) => boot.pause(), done);
  }

  resume(node: NodeName, done: Done): void {
    this.act(node, (boot) => boot.resume(), done);
  }

  copyDisk(node: NodeName, done: Done): void {
    const machine = this.node(node);
    this.running().next(
      () => machine.disk.keepCopy(),
      () => done(null),
    );
  }

  losePower(node: NodeName, done: Done): void {
    this.onDeadDisk(node, (disk) => disk.losePower(), done);
  }

  setFullDisks(nodes: readonly NodeName[], done: Done): void {
    this.onEachDisk((disk, name) => disk.setFull(nodes.includes(name)), done);
  }

  setSlowDisks(nodes: readonly NodeName[], done: Done): void {
    this.onEachDisk((disk, name) => disk.setSlow(nodes.includes(name)), done);
  }

  setLimits(limits: readonly unknown[], done: Done): void {
    const error =
      limits.length === 0
        ? null
        : new EnvironmentError({
            code: "fault-impossible",
            expected: "a fault that can be made here",
            got: `limit: ${this.cannot.get("limit") ?? ""}`,
            hint: "Leave it out, or use --on docker.",
          });
    this.running().setTimer(0, () => done(error));
  }

  damageDisk(node: NodeName, damage: DiskDamage, atPerMille: number, done: Done): void {
    this.onDeadDisk(node, (disk) => disk.damage(damage, atPerMille), done);
  }

  setClock(node: NodeName, aheadMs: number, done: Done): void {
    const machine = this.node(node);
    this.running().next(
      () => machine.setClock(aheadMs),
      () => done(null),
    );
  }

  watch(
    node: NodeName,
    event: HostEvent,
    count: number,
    strike: "kill" | "pause" | null,
    reached: () => void,
  ): ClusterTimer {
    const machine = this.node(node);
    return machine.moments.add(event, count, () => {
      if (strike === "kill") machine.kill();
      else if (strike === "pause") machine.boot?.pause();
      reached();
    });
  }

  async until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    const { loop } = this.running();
    return loop.run(condition, loop.nowUs + Math.ceil(timeoutMs * 1000));
  }

  async evidence(): Promise<readonly HistoryEvent[]> {
    return this.running().evidence;
  }

  async logs(): Promise<ReadonlyMap<NodeName, string>> {
    return new Map([...this.running().nodes].map(([name, node]) => [name, node.log()]));
  }

  async reset(): Promise<void> {
    this.world?.end();
    this.world = null;
  }

  stop(): Promise<void> {
    return this.reset();
  }

  private onDeadDisk(node: NodeName, change: (disk: Disk) => void, done: Done): void {
    const machine = this.node(node);
    this.running().setTimer(0, () => {
      if (machine.boot !== null) return done(stillRuns(machine));
      change(machine.disk);
      done(null);
    });
  }

  private onEachDisk(change: (disk: Disk, node: NodeName) => void, done: Done): void {
    const world = this.running();
    world.next(
      () => world.nodes.forEach(({ disk }, name) => change(disk, name)),
      () => done(null),
    );
  }

  /** A node that does not run can no more be paused or resumed than a container can. */
  private act(node: NodeName, change: (boot: Boot) => void, done: Done): void {
    const machine = this.node(node);
    this.running().setTimer(0, () => {
      if (machine.boot === null) return done(notRunning(machine));
      change(machine.boot);
      done(null);
    });
  }

  private running(): SimWorld {
    if (this.world !== null) return this.world;
    throw new EnvironmentError({
      code: "cluster-not-started",
      expected: "a started cluster",
      got: "one that was not started or was reset",
      hint: "Call start first.",
    });
  }

  private node(name: NodeName): SimNode {
    const node = this.running().nodes.get(name);
    if (node !== undefined) return node;
    throw new EnvironmentError({
      code: "no-such-node",
      expected: `one of ${this.nodes.join(", ")}`,
      got: name,
      hint: "Ask for a node of this cluster.",
    });
  }
}

/** A bug's bundle replaces parts of the healthy store; the store itself is the same. */
async function partsOf(bugBundle: string | undefined): Promise<typeof healthyParts> {
  if (bugBundle === undefined) return healthyParts;
  const bundle = (await import(pathToFileURL(bugBundle).href)) as { default?: unknown };
  if (typeof bundle.default === "function")
    return (bundle.default as (healthy: typeof healthyParts) => typeof healthyParts)(healthyParts);
  throw new EnvironmentError({
    code: "not-a-bug-bundle",
    expected: "a module whose default export is a function of the healthy parts",
    got: `${typeof bundle.default} in ${bugBundle}`,
    hint: "Export the planted bug as default.",
  });
}

const stillRuns = (node: SimNode): EnvironmentError =>
  new EnvironmentError({
    code: "node-running",
    expected: `${node.name} to be dead while its disk is damaged`,
    got: "a process that runs",
    hint: "Kill it first.",
  });

const notRunning = (node: SimNode): EnvironmentError =>
  new EnvironmentError({
    code: "node-not-running",
    expected: `${node.name} to run`,
    got: `a dead process that said last: ${node.lastSaid}`,
    hint: "Read the node's own log.",
  });
