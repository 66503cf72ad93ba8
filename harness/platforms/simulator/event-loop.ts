/** Virtual time: only scheduled events happen, in order, and time passes only between them. */
import { EnvironmentError } from "../../errors.ts";
import { EventHeap, type SimEvent } from "./event-heap.ts";

/** The owner of an event. */
export interface EventOwner {
  /** True: the owner's events are dropped. A killed boot stays revoked. */
  readonly revoked: boolean;
  /** True: the owner's events wait in `backlog`, in order, until the owner resumes. */
  readonly paused: boolean;
  readonly backlog: ScheduledEvent[];
  /** Called if one of the owner's events throws. */
  crash(error: unknown): void;
}

/**
 * An event of the simulation. If its owner is null, it belongs to the world (network, nemesis, clients), which is never
 * paused and must not throw.
 */
export type ScheduledEvent = SimEvent<EventOwner | null>;

/**
 * The largest number of events at one instant. Real bursts are far smaller. A store that answers itself without time
 * passing would never end.
 */
const eventsPerInstant = 1_000_000;

export class EventLoop {
  /** Whole microseconds since the world began, without skipped time. This is the nodes' monotonic clock. */
  nowUs = 0;
  /** How many microseconds were skipped in all. */
  skippedUs = 0;
  /** The number of events taken off the schedule, including those that were dropped or wait for a paused owner. */
  happened = 0;
  private readonly heap = new EventHeap<EventOwner | null>();
  private running = false;
  private atThisInstant = 0;

  /**
   * Whole microseconds since the world began, including skipped time. The times in histories and wall clocks follow it.
   */
  get worldUs(): number {
    return this.nowUs + this.skippedUs;
  }

  /** The number of scheduled events that have not happened yet. */
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

  /** The time of the first event for which `which` is true, or Infinity if it is true for none. */
  firstAtUs(which: (event: ScheduledEvent) => boolean): number {
    return this.heap.firstAtUs(which);
  }

  /**
   * Skips time: the world's clock jumps by `byUs`, and the events for which `which` is true become due earlier by
   * `byUs`. None of these events may be due within the skipped time. For all other events no time passes, as on
   * suspended machines.
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
   * Runs events until `condition` holds (returns true) or `deadlineUs` is reached (returns false). With `mostEvents`,
   * returns null after that many events; another call continues. Events due at the deadline still happen. Throws
   * `simulation-reentered` if called from an event, and `simulation-stuck` if events continue without time passing.
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

/**
 * Runs one event now. If its owner is paused, the event goes to the owner's backlog instead. If its owner is revoked,
 * the event is dropped.
 */
export function happen(event: ScheduledEvent): void {
  const { owner } = event;
  // The types of subject and argument match, since `schedule` checked them. The casts are needed because events do not
  // keep these types.
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
    got: `more events than that, all at ${atUs} µs of virtual time`,
    hint: "Look for a callback that schedules itself with a delay of 0.",
  });
