/**
 * Runs nodes made with quorate/node on virtual time, with the same code as in a process. A history repeats exactly if
 * this code uses only its node's clocks, timers and random numbers.
 */
import type { NodeName } from "../../../checkers/index.ts";
import type { Settings } from "../../../generators/index.ts";
import { createNode, type Json, type Message, type NodeSetup } from "../../../node/index.ts";
import { guardExit } from "../../exit-guard.ts";
import type { ClusterClock } from "../cluster.ts";
import type { Done } from "../fault-port.ts";
import type { NodeMessage } from "../messages/message.ts";
import type { MessageTarget } from "../messages/message-target.ts";
import type { MessageWorld, NodeHandlers, NodeMachine } from "../messages/world.ts";
import { EventLoop, type EventOwner, happen, type ScheduledEvent } from "./event-loop.ts";
import { runLoop } from "./cluster.ts";
import { epochUs, SimTimer } from "./host.ts";
import { platformName } from "./name.ts";
import { Random } from "./random.ts";

/** The largest difference between two nodes' wall clocks without a clock fault, in µs. */
const skewUs = 6_000;

export class SimulatedMessageWorld implements MessageWorld {
  readonly platform = platformName;
  readonly virtualTime = true;
  readonly environment = {};
  readonly cannot: ReadonlyMap<string, string> = new Map();
  #loop = new EventLoop();
  readonly clock: ClusterClock = {
    nowUs: () => this.#loop.nowUs,
    setTimer: (delayMs, fire) => new SimTimer(this.#loop, null, delayMs, fire),
  };

  after(delayUs: number, run: () => void): void {
    this.#loop.schedule(this.#loop.nowUs + delayUs, null, call, run, null);
  }

  until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    return runLoop(this.#loop, condition, timeoutMs);
  }

  /** Does nothing, since conditions are checked after each event anyway. */
  happened(): void {}

  async begin(
    nodes: readonly NodeName[],
    { seed, settings, target }: { seed: number; settings: Settings; target: MessageTarget },
  ): Promise<readonly NodeMachine[]> {
    const setup = await target.setup(settings);
    this.#loop = new EventLoop();
    return nodes.map((name) => new SimulatedNode(name, { seed, setup, loop: this.#loop }));
  }

  async end(): Promise<void> {
    this.#loop.clear();
  }

  stop(): Promise<void> {
    return this.end();
  }
}

const call = (run: () => void): void => run();

interface Surroundings {
  readonly seed: number;
  readonly setup: NodeSetup;
  readonly loop: EventLoop;
}

/** The node's code called process.exit. The message is the call. */
class NodeExit extends Error {}

/** One run of a node's code, until it is killed or its code throws. */
class Run implements EventOwner {
  revoked = false;
  paused = false;
  readonly backlog: ScheduledEvent[] = [];
  take: (message: Message) => void = () => {};
  readonly #onCrash: (error: unknown) => void;

  constructor(onCrash: (error: unknown) => void) {
    this.#onCrash = onCrash;
  }

  crash(error: unknown): void {
    this.revoked = true;
    this.#onCrash(error);
  }

  /** Returns `code` of the node in a form that ends the node if the code calls process.exit, even if it catches that. */
  guarded<A extends unknown[]>(code: (...given: A) => void): (...given: A) => void {
    return (...given) => {
      const exits = guardExit(() => {
        this.revoked = true;
      });
      try {
        code(...given);
      } catch (error) {
        if (exits.called === null) throw error;
      } finally {
        exits.release();
      }
      if (exits.called !== null) throw new NodeExit(exits.called);
    };
  }
}

class SimulatedNode implements NodeMachine {
  readonly name: NodeName;
  readonly #around: Surroundings;
  readonly #skewUs: number;
  readonly #random: Random;
  /** The disk's content as JSON lines. */
  #entries: readonly string[] = [];
  /** When the last appended entry will be on the disk, in µs. */
  #diskFreeUs = 0;
  #aheadMs = 0;
  #runs = 0;
  #run: Run | null = null;
  readonly #lines: string[] = [];

  constructor(name: NodeName, around: Surroundings) {
    this.name = name;
    this.#around = around;
    this.#skewUs = new Random(around.seed, `skew ${name}`).between(-skewUs / 2, skewUs / 2);
    this.#random = new Random(around.seed, `disk ${name}`);
  }

  get isRunning(): boolean {
    return this.#run !== null;
  }

  start(handlers: NodeHandlers): void {
    const { seed, setup, loop } = this.#around;
    const chance = new Random(seed, `chance ${this.name} ${++this.#runs}`);
    const run: Run = new Run((error) => {
      if (this.#run === run) this.#run = null;
      const said = error instanceof Error ? error.message : String(error);
      this.#say(error instanceof Error ? (error.stack ?? said) : said);
      handlers.ended(
        "itself",
        error instanceof NodeExit
          ? `with ${said}, which the node's code called`
          : `with an error that the node's code threw: ${said}`,
      );
    });
    this.#run = run;
    const world = {
      isSimulated: true,
      send: (message: Message) => {
        // The receiver gets a copy, as on a wire: neither side sees later changes by the other.
        const text = JSON.stringify(message);
        if (!run.revoked) handlers.message(JSON.parse(text) as NodeMessage, text);
      },
      after: (delayMs: number, fire: () => void) =>
        new SimTimer(loop, run, delayMs, run.guarded(fire)),
      nowMs: () => loop.nowUs / 1000,
      wallMs: () => (epochUs + loop.nowUs + this.#skewUs) / 1000 + this.#aheadMs,
      random: () => chance.fraction(),
      log: (text: string) => this.#say(text),
      entries: this.#entries.map((text) => JSON.parse(text) as Json),
      append: (entry: Json, done: () => void) => {
        const text = JSON.stringify(entry);
        const tell = run.guarded(done);
        const keep = (): void => {
          this.#entries = [...this.#entries, text];
          tell();
        };
        const atUs = loop.nowUs + this.#random.between(fastestSyncUs, slowestSyncUs);
        // Entries reach the disk in the order of their appends.
        this.#diskFreeUs = Math.max(this.#diskFreeUs + 1, atUs);
        loop.schedule(this.#diskFreeUs, run, call, keep, null);
      },
    };
    try {
      run.guarded(() => {
        run.take = run.guarded(createNode(world, setup));
      })();
    } catch (error) {
      run.crash(error);
    }
  }

  kill(done: Done): void {
    if (this.#run !== null) this.#run.revoked = true;
    this.#run = null;
    this.#soon(() => {}, done);
  }

  pause(done: Done): void {
    const run = this.#run;
    this.#soon(() => {
      if (run !== null) run.paused = true;
    }, done);
  }

  resume(done: Done): void {
    const run = this.#run;
    this.#soon(() => {
      // If the node's code threw, the node has ended, and its end was reported.
      if (run === null) return;
      run.paused = false;
      for (const event of run.backlog.splice(0)) happen(event);
    }, done);
  }

  wipe(done: Done): void {
    this.#soon(() => {
      this.#entries = [];
    }, done);
  }

  setClock(aheadMs: number, done: Done): void {
    this.#soon(() => {
      this.#aheadMs = aheadMs;
    }, done);
  }

  deliver(message: NodeMessage, text: string | undefined): void {
    const run = this.#run;
    if (run === null) return;
    const copy = JSON.parse(text ?? JSON.stringify(message)) as Message;
    const { loop } = this.#around;
    loop.schedule(loop.nowUs, run, run.take, copy, null);
  }

  log(): string {
    return this.#lines.length === 0 ? "" : `${this.#lines.join("\n")}\n`;
  }

  lastWords(): string {
    return this.#lines.at(-1)?.split("\n")[0] ?? "nothing";
  }

  #say(text: string): void {
    this.#lines.push(`${(this.#around.loop.nowUs / 1000).toFixed(3)} ms: ${text}`);
  }

  #soon(act: () => void, done: Done): void {
    const { loop } = this.#around;
    const both = (): void => {
      act();
      done(null);
    };
    loop.schedule(loop.nowUs, null, call, both, null);
  }
}

/** The shortest time until an appended entry is on the disk, in µs. */
const fastestSyncUs = 100;
const slowestSyncUs = 2_000;
