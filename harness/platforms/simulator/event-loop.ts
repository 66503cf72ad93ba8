/** Virtual time: only scheduled events happen, in order, and time passes only between them. */
import { EnvironmentError } from "../../errors.ts";
import { EventHeap, type SimEvent } from "./event-heap.ts";

/** The owner of an event. */
export interface EventOwner {
  /** True: its events are dropped. A killed boot stays revoked. */
  readonly revoked: boolean;
  /** True: its events wait in `backlog`, in order, until it resumes. */
  readonly paused: boolean;
  readonly backlog: ScheduledEvent[];
  /** Called if one of its events throws. */
  crash(error: unknown): void;
}

/** A null owner is the world itself (network, nemesis, clients), which is never paused and must not throw. */
export type ScheduledEvent = SimEvent<EventOwner | null>;

/** More than any real burst. A store that answers itself without time passing would never end. */
const eventsPerInstant = 1_000_000;

export class EventLoop {
  /** Whole microseconds since the world began, without skipped time: the nodes' monotonic clock. */
  nowUs = 0;
  /** The total of skipped time. */
  skippedUs = 0;
  /** The number of events so far. */
  happened = 0;
  private readonly heap = new EventHeap<EventOwner | null>();
  private running = false;
  private atThisInstant = 0;

  /** Whole microseconds since the world began, including skipped time. Histories and wall clocks show this. */
  get worldUs(): number {
    return this.nowUs + this.skippedUs;
  }

  /** The number of scheduled events. */
  get pending(): number {
    return this.heap.size;
  }

  schedule<S, A>(
    atUs: number,
    owner: EventOwner | null,
    run: (subject: S, argument: A) => void,
    subject: S,
    argument: A,
  ): ScheduledEvent {
    return this.heap.add(atUs, owner, run, subject, argument);
  }

  cancel(event: ScheduledEvent): void {
    this.heap.remove(event);
  }

  /** The time of the first event for which `which` is true. Infinity: there is none. */
  firstAtUs(which: (event: ScheduledEvent) => boolean): number {
    return this.heap.firstAtUs(which);
  }

  /**
   * Skips time: the world's clock jumps, and the events for which `which` is true become due earlier by `byUs`. None of
   * them may be due within this time. For all other events no time passes, as on suspended machines.
   */
  skip(byUs: number, which: (event: ScheduledEvent) => boolean): void {
    this.skippedUs += byUs;
    this.heap.advance(which, byUs);
  }

  /** Drops all scheduled events. */
  clear(): void {
    this.heap.clear();
  }

  /**
   * Runs events until `condition` holds (true), `deadlineUs` is reached (false), or `mostEvents` events have happened
   * (null: call again to continue). Events due at the deadline still happen. Throws `simulation-reentered` if called
   * from an event, and `simulation-stuck` if events continue without time passing.
   */
  run(condition: () => boolean, deadlineUs: number): boolean;
  run(condition: () => boolean, deadlineUs: number, mostEvents: number): boolean | null;
  run(condition: () => boolean, deadlineUs: number, mostEvents = Infinity): boolean | null {
    if (this.running) throw reentered();
    this.running = true;
    const stopAt = this.happened + mostEvents;
    try {
      while (!condition()) {
        if (this.happened >= stopAt) return null;
        const event = this.heap.first();
        if (event === undefined || event.atUs > deadlineUs) {
          this.nowUs = Math.max(this.nowUs, deadlineUs);
          return condition();
        }
        this.heap.remove(event);
        this.advance(event.atUs);
        this.happened++;
        happen(event);
      }
      return true;
    } finally {
      this.running = false;
    }
  }

  private advance(atUs: number): void {
    if (atUs > this.nowUs) {
      this.nowUs = atUs;
      this.atThisInstant = 0;
    } else if (++this.atThisInstant > eventsPerInstant) throw stuck(atUs);
  }
}

/** Runs one event now. A paused owner's event goes to the owner's backlog instead, and a revoked owner's is dropped. */
export function happen(event: ScheduledEvent): void {
  const { owner } = event;
  // `schedule` checked that the types match. The casts only undo the erasure of S and A.
  if (owner === null) event.run(event.subject as never, event.argument as never);
  else if (owner.revoked) return;
  else if (owner.paused) owner.backlog.push(event);
  else {
    try {
      event.run(event.subject as never, event.argument as never);
    } catch (error) {
      owner.crash(error);
    }
  }
}

const reentered = (): EnvironmentError =>
  new EnvironmentError({
    code: "simulation-reentered",
    expected: "one driver that lets virtual time pass",
    got: "a call of until from within a callback of the simulation",
    hint: "Await until from the driver only; callbacks schedule timers.",
  });

const stuck = (atUs: number): EnvironmentError =>
  new EnvironmentError({
    code: "simulation-stuck",
    expected: `at most ${eventsPerInstant} events at one instant`,
    got: `more than that, all at ${atUs} µs of virtual time`,
    hint: "Look for a callback that schedules itself with a delay of 0.",
  });
