/** The simulated Host of one boot. */
import type { Boot } from "./boot.ts";
import type { Disk } from "./disk.ts";
import type { EventLoop, EventOwner, ScheduledEvent } from "./event-loop.ts";
import type { Explanation, Remote, Timer } from "./host-types.ts";
import { SimLog } from "./log.ts";
import type { Network } from "./network.ts";
import type { Host, HostLog, Protocol, Stream, StreamHandlers } from "./protocol.ts";
import type { Random } from "./random.ts";

/** 2026-01-01, midnight UTC, in µs since 1970. Every simulated world begins then. */
export const epochUs = 1_767_225_600_000_000;

/** How long it takes to list the logs, in µs. */
const directoryUs = 20;

export interface Machine {
  readonly loop: EventLoop;
  readonly protocol: Protocol;
  readonly network: Network;
  readonly disk: Disk;
  readonly skewUs: number;
  /** The offset of the wall clock that a clock fault adds. */
  aheadUs: number;
}

export class SimHost implements Host {
  readonly node: string;
  readonly boot: number;
  private readonly machine: Machine;
  private readonly current: Boot;
  private readonly chance: Random;
  private readonly journal: (explanation: Explanation) => void;

  constructor(
    machine: Machine,
    current: Boot,
    chance: Random,
    journal: (explanation: Explanation) => void,
  ) {
    this.node = current.node;
    this.boot = current.number;
    this.machine = machine;
    this.current = current;
    this.chance = chance;
    this.journal = journal;
  }

  wallUs(): number {
    return epochUs + this.machine.loop.worldUs + this.machine.skewUs + this.machine.aheadUs;
  }

  monotonicUs(): number {
    return this.machine.loop.nowUs;
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    return new SimTimer(this.machine.loop, this.current, delayMs, fire);
  }

  random(): number {
    return this.chance.fraction();
  }

  dial(node: string, handlers: StreamHandlers): Stream {
    return this.machine.network.dial(this.current, node, handlers);
  }

  accept(take: (remote: Remote, stream: Stream) => StreamHandlers): void {
    this.current.take = take;
  }

  log(name: string): HostLog {
    const { loop, protocol, disk } = this.machine;
    const known = this.current.logs.get(name);
    if (known !== undefined) return known;
    const log = new SimLog(loop, protocol, this.current, disk, name);
    this.current.logs.set(name, log);
    return log;
  }

  logNames(done: (names: readonly string[]) => void): void {
    const { loop, disk } = this.machine;
    loop.schedule(loop.nowUs + directoryUs, this.current, () => done(disk.names()), null, null);
  }

  removeLog(name: string, done: (error: Error | null) => void): void {
    const { loop, disk } = this.machine;
    const remove = (): void => {
      this.current.logs.delete(name);
      disk.remove(name);
      const { triggers } = this.current;
      if (triggers.watching) triggers.logFile("log-removed");
      if (!this.current.revoked) done(null);
    };
    loop.schedule(loop.nowUs + disk.syncUs(), this.current, remove, null, null);
  }

  explain(explanation: Explanation): void {
    if (this.current.revoked) return;
    this.current.recorder.explained(explanation);
    this.journal(explanation);
    if (this.current.triggers.watching) this.current.triggers.explained(explanation.what);
  }

  halt(reason: string): void {
    this.current.end(`halted: ${reason}`);
  }
}

/** A timer of a node's boot, or of the harness if its owner is null. */
export class SimTimer implements Timer {
  private readonly loop: EventLoop;
  private readonly event: ScheduledEvent;
  /**
   * What to call when the timer fires. Null once the timer fired or was cancelled. A timer in a paused boot's backlog
   * can still be cancelled.
   */
  private pending: (() => void) | null;

  /**
   * Schedules `fire`. With a delay of 0, it happens at the current virtual time, but never within the call. Fractions
   * of a microsecond are rounded up.
   */
  constructor(loop: EventLoop, owner: EventOwner | null, delayMs: number, fire: () => void) {
    this.loop = loop;
    this.pending = fire;
    this.event = loop.schedule(
      loop.nowUs + Math.max(0, Math.ceil(delayMs * 1000)),
      owner,
      fireTimer,
      this,
      null,
    );
  }

  cancel(): void {
    this.pending = null;
    this.loop.cancel(this.event);
  }

  fire(): void {
    const { pending } = this;
    this.pending = null;
    pending?.();
  }
}

const fireTimer = (timer: SimTimer): void => timer.fire();

/** Whether the event is a timer of the harness, for example of a client, the nemesis or a restart. */
export const isHarnessTimer = ({ owner, run }: ScheduledEvent): boolean =>
  owner === null && run === fireTimer;
