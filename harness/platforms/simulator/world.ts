/** One simulated world: machines, a network and a clock, all drawn from one seed, running any program. */
import type { EvidenceEvent, NodeEndedEvent } from "../../../checkers/index.ts";
import { EventLoop } from "./event-loop.ts";
import { SimTimer } from "./host.ts";
import { Network } from "./network.ts";
import { SimNode } from "./node.ts";
import type { Program, Protocol, Stream, StreamHandlers } from "./protocol.ts";
import { Random } from "./random.ts";

export interface WorldOptions {
  /** 32 bits, unsigned. */
  readonly seed: number;
  readonly nodes: readonly string[];
  readonly program: Program;
  readonly protocol: Protocol;
  /** False: nothing is recorded, `evidence` stays empty. */
  readonly evidence: boolean;
}

export class SimWorld {
  readonly loop = new EventLoop();
  readonly network: Network;
  readonly nodes: ReadonlyMap<string, SimNode>;
  /** What the Hosts recorded, in order of time. */
  readonly evidence: EvidenceEvent[] = [];
  /** Nodes that crashed or halted, in order of time. */
  readonly unplannedEnds: NodeEndedEvent[] = [];
  private readonly program: Program;
  private readonly starts: Random;

  constructor(options: WorldOptions) {
    const { seed, protocol } = options;
    this.program = options.program;
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
      options.nodes.map((name) => [name, new SimNode(name, seed, parts, records)]),
    );
  }

  /** Calls `fire` after `delayMs` of virtual time, in no node's name. */
  setTimer(delayMs: number, fire: () => void): SimTimer {
    return new SimTimer(this.loop, null, delayMs, fire);
  }

  /** A client's stream to a node. */
  connect(client: string, node: string, handlers: StreamHandlers): Stream {
    return this.network.dialAsClient(client, node, handlers);
  }

  /** Starts every node's first boot. */
  startAll(): void {
    for (const node of this.nodes.values()) node.start(this.program);
  }

  /** A process takes a while to start: `done(true)` once it runs, `done(false)` if it was killed before. One that runs already is left alone. */
  restart(node: SimNode, done: (runs: boolean) => void): void {
    const killsBefore = node.kills;
    this.setTimer(this.starts.between(20, 120), () => {
      const runs = node.kills === killsBefore;
      if (runs && node.boot === null) node.start(this.program);
      done(runs);
    });
  }

  /** Does `act` as the world's next event, then `done`. */
  next(act: () => void, done: () => void): void {
    this.setTimer(0, () => {
      act();
      done();
    });
  }

  /** Nothing of this world happens any more. */
  end(): void {
    this.loop.clear();
  }
}
