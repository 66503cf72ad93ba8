/** A simulated world: machines, a network and a clock, all drawn from one seed, running any program. */
import type { EvidenceEvent, NodeEndedEvent } from "../../../checkers/index.ts";
import { EventLoop } from "./event-loop.ts";
import type { QuietNode } from "./host-types.ts";
import { isHarnessTimer, SimTimer } from "./host.ts";
import { Network } from "./network.ts";
import { SimNode } from "./node.ts";
import type { Program, Protocol, Stream, StreamHandlers } from "./protocol.ts";
import { Random } from "./random.ts";

/** The shortest idle time that is skipped, in µs. */
const leastSkippedUs = 60_000_000;
/** How long before the next event the nodes run normally again, in µs. Messages under way have this time to arrive. */
const awakeBeforeUs = 10_000_000;

/** Whether two nodes have equal digests under every name that both have. */
const agree = (a: QuietNode["holds"], b: QuietNode["holds"]): boolean =>
  [...a].every(([name, digest]) => (b.get(name) ?? digest) === digest);

export interface WorldOptions {
  /** An unsigned number of 32 bits. */
  readonly seed: number;
  readonly nodes: readonly string[];
  /** Nodes that may join later. They do not start with the others. */
  readonly newcomers?: readonly string[];
  readonly program: Program;
  readonly protocol: Protocol;
  /** Whether to record evidence. */
  readonly evidence: boolean;
}

export class SimWorld {
  readonly loop = new EventLoop();
  readonly network: Network;
  readonly nodes: ReadonlyMap<string, SimNode>;
  /** The evidence that the nodes' Hosts recorded, in order of time. */
  readonly evidence: EvidenceEvent[] = [];
  /** Nodes that crashed or halted, in order of time. */
  readonly unplannedEnds: NodeEndedEvent[] = [];
  private readonly program: Program;
  private readonly starts: Random;
  /** Nodes that have not joined yet. */
  private readonly newcomers: Set<string>;
  /** Nodes that left for good. */
  private readonly retired = new Set<string>();

  constructor(options: WorldOptions) {
    const { seed, protocol } = options;
    this.program = options.program;
    this.newcomers = new Set(options.newcomers ?? []);
    this.starts = new Random(seed, "process starts");
    this.network = new Network(
      { loop: this.loop, protocol },
      seed,
      (node) => this.nodes.get(node)?.boot ?? null,
    );
    const parts = { loop: this.loop, protocol, network: this.network };
    const records = {
      evidence: options.evidence ? this.evidence : null,
      unplannedEnds: this.unplannedEnds,
    };
    this.nodes = new Map(
      [...options.nodes, ...(options.newcomers ?? [])].map((name) => [
        name,
        new SimNode(name, seed, parts, records),
      ]),
    );
  }

  /**
   * Calls `fire` after `delayMs` of virtual time, unless the timer is cancelled or the world ends before. The timer
   * belongs to no node.
   */
  setTimer(delayMs: number, fire: () => void): SimTimer {
    return new SimTimer(this.loop, null, delayMs, fire);
  }

  /** Opens a client's stream to a node. */
  connect(client: string, node: string, handlers: StreamHandlers): Stream {
    return this.network.dialAsClient(client, node, handlers);
  }

  /** The current nodes, including those that joined and without those that left for good. */
  get present(): readonly SimNode[] {
    return [...this.nodes.values()].filter(({ name }) => this.isPresent(name));
  }

  isPresent(name: string): boolean {
    return !this.newcomers.has(name) && !this.retired.has(name);
  }

  /** Starts the first boot of every node except newcomers. */
  startAll(): void {
    for (const node of this.present) node.start(this.program);
  }

  /** Starts a newcomer for the first time. Does nothing for a node that has joined before. */
  join(node: SimNode): void {
    if (this.newcomers.delete(node.name)) node.start(this.program);
  }

  /** Ends the node for good. If a start of the node is under way, it is dropped. */
  retire(node: SimNode): void {
    this.retired.add(node.name);
    node.kill();
  }

  /**
   * Starts a process, which takes a while, and then calls `done`: with true if the process runs or its node has left
   * for good, with false if it was killed during the start. Does nothing to a running process.
   */
  restart(node: SimNode, done: (runs: boolean) => void): void {
    if (!this.isPresent(node.name))
      return this.next(
        () => {},
        () => done(true),
      );
    const killsBefore = node.kills;
    this.setTimer(this.starts.between(20, 120), () => {
      const runs = node.kills === killsBefore || !this.isPresent(node.name);
      if (runs && this.isPresent(node.name) && node.boot === null) node.start(this.program);
      done(runs);
    });
  }

  /** Runs `act` as an event of its own, at the current virtual time, then calls `done`. */
  next(act: () => void, done: () => void): void {
    this.setTimer(0, () => {
      act();
      done();
    });
  }

  /**
   * Skips idle time until shortly before the next event of a client or the nemesis, or before `untilUs`. Skips nothing
   * if work other than idle maintenance goes on, or if less than `leastSkippedUs` could be skipped.
   *
   * @returns The number of skipped microseconds.
   */
  skipIdle(untilUs: number): number {
    const nextUs = Math.min(untilUs, this.loop.firstAtUs(isHarnessTimer));
    const idleUs = nextUs - awakeBeforeUs - this.loop.nowUs;
    if (idleUs < leastSkippedUs || !this.isQuiet()) return 0;
    this.loop.skip(idleUs, isHarnessTimer);
    return idleUs;
  }

  /**
   * Whether maintenance has no work while the faults stay as they are. Dead and paused nodes do no maintenance, and two
   * nodes that cannot reach each other do none together.
   */
  private isQuiet(): boolean {
    const says = new Map<string, QuietNode>();
    for (const node of this.present) {
      if (!node.runs) {
        if (node.triggers.watching) return false;
        continue;
      }
      const quiet = node.quiet();
      if (quiet === null) return false;
      says.set(node.name, quiet);
    }
    const { network } = this;
    return [...says].every(
      ([name, { holds, waitsFor }]) =>
        !waitsFor.some((other) => says.has(other) && network.canDial(name, other)) &&
        [...says].every(
          ([other, theirs]) => !network.areConnected(name, other) || agree(holds, theirs.holds),
        ),
    );
  }

  /** Ends this world: none of its events happens any more. */
  end(): void {
    this.loop.clear();
  }
}
