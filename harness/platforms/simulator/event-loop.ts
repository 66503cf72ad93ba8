/** Virtual time: nothing happens but what was scheduled, in order, and time passes only from one event to the next. */
import { EnvironmentError } from "../../errors.ts";
import { EventHeap, type SimEvent } from "./event-heap.ts";

/** Whoever an event happens to. */
export interface EventOwner {
  /** True: its events are dropped. A killed boot is revoked for good. */
  readonly revoked: boolean;
  /** True: its events wait in `backlog`, in order, until it resumes. */
  readonly paused: boolean;
  readonly backlog: ScheduledEvent[];
  /** What it does when one of its events throws. */
  crash(error: unknown): void;
}

/** Owner null: the world itself (the network, the nemesis, clients), which is never paused and must not throw. */
export type ScheduledEvent = SimEvent<EventOwner | null>;

/** More than any real burst; a store that answers itself without letting time pass would never end. */
const eventsPerInstant = 1_000_000;

export class EventLoop {
  /** Whole microseconds since the simulated world began, without those that were skipped: the nodes' monotonic time. */
  nowUs = 0;
  /** How much time was skipped so far. */
  skippedUs = 0;
  /** How many events have happened. */
  happened = 0;
  private readonly heap = new EventHeap<EventOwner | null>();
  private running = false;
  private atThisInstant = 0;

  /** Whole microseconds since the simulated world began: what histories and wall clocks show. */
  get worldUs(): number {
    return this.nowUs + this.skippedUs;
  }

  /** How many events are still due. */
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

  /** When the first event of that kind is due; Infinity: there is none. */
  firstAtUs(which: (event: ScheduledEvent) => boolean): number {
    return this.heap.firstAtUs(which);
  }

  /**
   * Skips so much time: the world's clock jumps, and events of that kind, none of them due before, are so much nearer.
   * To all others no time has passed, as in machines that were suspended.
   */
  skip(byUs: number, which: (event: ScheduledEvent) => boolean): void {
    this.skippedUs += byUs;
    this.heap.advance(which, byUs);
  }

  /** Nothing that was scheduled will happen. */
  clear(): void {
    this.heap.clear();
  }

  /**
   * Lets time pass until `condition` holds (true) or it is `deadlineUs` (false), or so many events have happened (null:
   * call it again to go on). What is due at the deadline still happens. Throws `simulation-reentered` from within an
   * event, `simulation-stuck` when events go on without time passing.
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

/** Makes one event happen to its owner, now. */
export function happen(event: ScheduledEvent): void {
  const { owner } = event;
  // What `schedule` took together fits together: the casts only undo the erasure of S and A.
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
    got: `more at ${atUs} µs without virtual time passing`,
    hint: "Look for a callback that schedules itself with a delay of 0.",
  });
