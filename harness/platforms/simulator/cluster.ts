/** The simulated cluster: any target that runs on a Host, and the same faults as in containers, on virtual time. */
import type { HistoryEvent, NodeName } from "../../../checkers/index.ts";
import type { DiskDamage, FaultKind, HostEvent } from "../../../generators/index.ts";
import type { Target } from "../../targets/target.ts";
import type {
  Cluster,
  ClusterClock,
  ClusterTimer,
  StartOptions,
  TroubledLink,
} from "../cluster.ts";
import { EnvironmentError } from "../../errors.ts";
import type { Boot } from "./boot.ts";
import type { Disk } from "./disk.ts";
import type { ClientSession, Inspected } from "../session.ts";
import type { SimNode } from "./node.ts";
import { platformName } from "./name.ts";
import type { Stream, StreamHandlers } from "./protocol.ts";
import { bringUp } from "./readiness.ts";
import type { SimulatedClients, SimulatedTarget } from "./simulated-target.ts";
import { SimWorld } from "./world.ts";

type Done = (error: Error | null) => void;

/**
 * A cluster of the target that lives in this process, on virtual time. It can be started any number of times, one history at a time.
 * Throws EnvironmentError for a target that does not run in the simulator.
 */
export function createSimCluster(target: Target): SimCluster {
  if (target.simulator !== undefined) return new SimCluster(target, target.simulator);
  throw new EnvironmentError({
    code: "not-simulated",
    expected: "a target that runs in the simulator",
    got: `${target.name}, which does not`,
    hint: "Run it where it can run, with --on.",
  });
}

export class SimCluster implements Cluster {
  readonly platform = platformName;
  readonly virtualTime = true;
  readonly replaysExactly = true;
  readonly target: Target;
  private readonly simulated: SimulatedTarget;
  readonly environment: Readonly<Record<string, string>> = {};
  /** Here a node takes no processor time and no memory, so that there is nothing to limit; slow messages, disks and pauses make what would follow. */
  readonly cannot: ReadonlyMap<FaultKind, string> = new Map([
    ["limit", "simulated nodes use no processor time and no memory that could be limited"],
  ]);
  private world: SimWorld | null = null;
  private clients: SimulatedClients | null = null;
  readonly clock: ClusterClock = {
    nowUs: () => this.running().loop.nowUs,
    setTimer: (delayMs, fire) => this.running().setTimer(delayMs, fire),
  };

  constructor(target: Target, simulated: SimulatedTarget) {
    this.target = target;
    this.simulated = simulated;
  }

  get nodes(): readonly NodeName[] {
    return this.world === null ? [] : [...this.world.nodes.keys()];
  }

  async start(options: StartOptions): Promise<void> {
    await this.reset();
    const { settings } = options;
    const program = await this.simulated.program(settings, options.bugBundle);
    const world = new SimWorld({
      seed: options.worldSeed,
      nodes: this.simulated.nodes(settings),
      program: (host) => program.boot(host),
      protocol: this.simulated.protocol,
      evidence: options.evidence,
    });
    this.world = world;
    this.clients = this.simulated.clients(this, settings);
    bringUp(world, this.clients);
  }

  connect(client: string, node: NodeName): ClientSession {
    return this.startedClients().session(client, this.node(node).name);
  }

  inspect(node: NodeName, done: (inspected: Inspected) => void): () => void {
    const { inspect } = this.startedClients();
    if (inspect !== undefined) return inspect(node, done);
    throw new Error(`${this.target.name} does not tell what a replica holds`);
  }

  /** A client's connection to a node, in the target's own protocol. */
  dial(client: string, node: NodeName, handlers: StreamHandlers): Stream {
    return this.running().connect(client, this.node(node).name, handlers);
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

  private startedClients(): SimulatedClients {
    this.running();
    // Made with the world.
    return this.clients as SimulatedClients;
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
