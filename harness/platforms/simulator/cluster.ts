/** The simulated cluster: runs any target that uses a Host, on virtual time, with most faults that containers have. */
import type { HistoryEvent, NodeEndedEvent, NodeName } from "../../../checkers/index.ts";
import type { HostEvent, ProcessState } from "../../../generators/index.ts";
import type { Target } from "../../targets/target.ts";
import type { Cluster, ClusterClock, ClusterTimer, StartOptions } from "../cluster.ts";
import { noSuchNode, notStarted } from "../cluster-errors.ts";
import { EnvironmentError, UnjudgedError } from "../../errors.ts";
import type { ClientSession, Inspected } from "../session.ts";
import type { EventLoop } from "./event-loop.ts";
import { createMembership } from "../membership.ts";
import { createFaultPorts } from "./fault-ports.ts";
import type { SimNode } from "./node.ts";
import { platformName } from "./name.ts";
import type { Stream, StreamHandlers } from "./protocol.ts";
import { bringUp } from "./readiness.ts";
import type { SimulatedClients, SimulatedTarget } from "./simulated-target.ts";
import { SimWorld } from "./world.ts";

/**
 * How many events happen before other work of the process gets a turn and idle time is skipped. Generated plans usually
 * need fewer for a whole history.
 */
const eventsPerTurn = 20_000;
/**
 * The largest number of events of one history. The limit is in events and not in time or memory, so that a plan gives
 * the same history on any machine. Generated plans usually need far fewer.
 */
const eventsPerHistory = 1_000_000;

/**
 * Creates a cluster in this process, on virtual time. It can be started any number of times, one history at a time.
 *
 * @param target A target with code for the simulator, such as `bundled`.
 * @throws EnvironmentError for a target without such code.
 */
export function createSimCluster(target: Target): SimCluster {
  if (target.simulator !== undefined) return new SimCluster(target, target.simulator);
  throw new EnvironmentError({
    code: "not-simulated",
    expected: "a target that runs in the simulator",
    got: `${target.name}, which does not`,
    hint: "Choose another platform with --on.",
  });
}

/** A simulated cluster. */
export class SimCluster implements Cluster {
  readonly platform = platformName;
  readonly virtualTime = true;
  readonly replaysExactly = true;
  readonly clientError = null;
  readonly target: Target;
  private readonly simulated: SimulatedTarget;
  readonly environment: Readonly<Record<string, string>> = {};
  private world: SimWorld | null = null;
  private clients: SimulatedClients | null = null;
  readonly clock: ClusterClock = {
    nowUs: () => this.running().loop.worldUs,
    setTimer: (delayMs, fire) => this.running().setTimer(delayMs, fire),
  };
  private readonly membership = createMembership({
    clock: this.clock,
    cannot: () =>
      this.target.facts(this.target.defaults).newcomers === undefined
        ? `the membership of ${this.target.name} is fixed`
        : null,
    start: (name, done) => {
      const node = this.node(name);
      this.running().next(
        () => this.running().join(node),
        () => done(null),
      );
    },
    retire: (name, done) => {
      const node = this.node(name);
      this.running().next(
        () => this.running().retire(node),
        () => done(null),
      );
    },
    nodes: () => this.nodes,
    ask: (name, change, done) => {
      const { change: asks } = this.startedClients();
      if (asks === undefined) done({ is: "refused", why: "it cannot change", again: false });
      else asks(name, change, done);
    },
  });
  readonly ports = createFaultPorts(
    () => this.running(),
    (name) => this.node(name),
    this.membership.port,
  );

  get membershipChanges(): boolean {
    return this.membership.changes;
  }

  constructor(target: Target, simulated: SimulatedTarget) {
    this.target = target;
    this.simulated = simulated;
  }

  get nodes(): readonly NodeName[] {
    return this.world === null ? [] : this.world.present.map(({ name }) => name);
  }

  async start(options: StartOptions): Promise<void> {
    await this.reset();
    const { settings } = options;
    const { newcomers } = options;
    const program = await this.simulated.program(
      settings,
      options.bugBundle,
      newcomers !== undefined,
    );
    const world = new SimWorld({
      seed: options.worldSeed,
      nodes: this.simulated.nodes(settings),
      ...(newcomers === undefined ? {} : { newcomers }),
      program: (host) => program.boot(host),
      protocol: this.simulated.protocol,
      evidence: options.evidence,
    });
    this.world = world;
    this.clients = this.simulated.clients(this, settings);
    bringUp(world, this.clients);
  }

  /** Absent, since replicas of simulated targets become equal only by the target's own repair. */
  readonly settle = undefined;

  connect(client: string, node: NodeName): ClientSession {
    return this.startedClients().session(client, this.node(node).name);
  }

  inspect(node: NodeName, done: (inspected: Inspected) => void): () => void {
    const { inspect } = this.startedClients();
    if (inspect !== undefined) return inspect(node, done);
    throw new Error(`${this.target.name} does not tell what a replica holds`);
  }

  /**
   * Opens a client's connection to a node, in the target's own protocol.
   *
   * @internal
   */
  dial(client: string, node: NodeName, handlers: StreamHandlers): Stream {
    return this.running().connect(client, this.node(node).name, handlers);
  }

  watch(
    node: NodeName,
    event: HostEvent,
    count: number,
    strike: ProcessState | null,
    reached: () => void,
  ): ClusterTimer {
    const machine = this.node(node);
    return machine.triggers.add(event, count, () => {
      if (strike === "killed") machine.kill();
      else if (strike === "paused") machine.boot?.pause();
      reached();
    });
  }

  until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    const world = this.running();
    return runLoop(world.loop, condition, timeoutMs, (untilUs) => world.skipIdle(untilUs));
  }

  async unplannedEnds(): Promise<readonly NodeEndedEvent[]> {
    return this.running().unplannedEnds;
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
    this.membership.reset();
  }

  stop(): Promise<void> {
    return this.reset();
  }

  private running(): SimWorld {
    if (this.world !== null) return this.world;
    throw notStarted();
  }

  private startedClients(): SimulatedClients {
    this.running();
    // The world and the clients are created together.
    return this.clients as SimulatedClients;
  }

  private node(name: NodeName): SimNode {
    const node = this.running().nodes.get(name);
    if (node !== undefined) return node;
    throw noSuchNode(name, this.nodes);
  }
}
/**
 * Runs the event loop until the condition holds (true) or the time is up (false).
 *
 * @param skipIdle Skips idle time, at most until the given microsecond, and returns how many microseconds it skipped.
 * @throws UnjudgedError for a history of too many events. Errors of `EventLoop.run` pass through.
 */
export async function runLoop(
  loop: EventLoop,
  condition: () => boolean,
  timeoutMs: number,
  skipIdle: (untilUs: number) => number = () => 0,
): Promise<boolean> {
  let deadlineUs = loop.nowUs + Math.ceil(timeoutMs * 1000);
  for (;;) {
    const held = loop.run(condition, deadlineUs, eventsPerTurn);
    if (held !== null) return held;
    if (loop.happened >= eventsPerHistory) throw tooLong(loop.worldUs);
    deadlineUs -= skipIdle(deadlineUs);
    // Gives the process a turn, so that it hears signals during a long history.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * The error of a history with too many events. A timeout would be wrong here: the awaited condition would count as
 * broken.
 */
const tooLong = (atUs: number): UnjudgedError =>
  new UnjudgedError({
    code: "history-too-long",
    expected: `a history of at most ${eventsPerHistory} simulated events`,
    got: `more events, after ${Math.round(atUs / 1_000_000)} s of virtual time`,
    hint: "Shorten the waits (afterMs) of the plan, or lengthen the intervals in the settings",
  });
