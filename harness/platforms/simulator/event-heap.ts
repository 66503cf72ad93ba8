/**
 * A scheduled event. All kinds of events have the same object shape, and frequent events need no closures, which keeps
 * the simulator's innermost loop fast.
 */
export interface SimEvent<Owner> {
  /** When the event is due. Only the heap changes this. */
  atUs: number;
  /** The event's number in the order of scheduling. Events due at the same microsecond happen in this order. */
  readonly sequence: number;
  /** The event's index in the heap, or −1 after its removal. */
  position: number;
  readonly owner: Owner;
  readonly run: (subject: never, argument: never) => void;
  readonly subject: unknown;
  readonly argument: unknown;
}

/**
 * A binary heap of events ordered by (time, sequence). An event knows its index, so that a cancelled event is removed
 * at once: a million cancelled timeouts take no memory.
 */
export class EventHeap<Owner> {
  private readonly events: SimEvent<Owner>[] = [];
  private nextSequence = 0;

  get size(): number {
    return this.events.length;
  }

  first(): SimEvent<Owner> | undefined {
    return this.events[0];
  }

  /** Schedules `run(subject, argument)` at `atUs`, in whole microseconds. */
  add<S, A>(
    atUs: number,
    owner: Owner,
    run: (subject: S, argument: A) => void,
    subject: S,
    argument: A,
  ): SimEvent<Owner> {
    const event = {
      atUs,
      sequence: this.nextSequence++,
      position: 0,
      owner,
      run,
      subject,
      argument,
    };
    this.rise(event, this.events.length);
    return event;
  }

  /** Removes an event. Removing an event twice is no error. */
  remove(event: SimEvent<Owner>): void {
    const { position } = event;
    if (position < 0) return;
    event.position = -1;
    const last = this.events.pop();
    if (last === undefined || last === event) return;
    if (position > 0 && before(last, this.at((position - 1) >> 1))) this.rise(last, position);
    else this.sink(last, position);
  }

  /** The time of the first event for which `which` is true, or Infinity if it is true for none. */
  firstAtUs(which: (event: SimEvent<Owner>) => boolean): number {
    let atUs = Infinity;
    for (const event of this.events) if (event.atUs < atUs && which(event)) atUs = event.atUs;
    return atUs;
  }

  /** Makes the events for which `which` is true due earlier by `byUs`. Events due at the same time keep their order. */
  advance(which: (event: SimEvent<Owner>) => boolean, byUs: number): void {
    for (const event of this.events) if (which(event)) event.atUs -= byUs;
    // A sorted array is a valid heap.
    this.events.sort((a, b) => (before(a, b) ? -1 : 1));
    this.events.forEach((event, position) => {
      event.position = position;
    });
  }

  clear(): void {
    for (const event of this.events) event.position = -1;
    this.events.length = 0;
  }

  private rise(event: SimEvent<Owner>, from: number): void {
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = this.at(parent);
      if (!before(event, above)) break;
      this.events[hole] = above;
      above.position = hole;
      hole = parent;
    }
    this.events[hole] = event;
    event.position = hole;
  }

  private sink(event: SimEvent<Owner>, from: number): void {
    const { events } = this;
    const size = events.length;
    let hole = from;
    for (let child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size && before(this.at(child + 1), this.at(child))) child++;
      const below = this.at(child);
      if (!before(below, event)) break;
      events[hole] = below;
      below.position = hole;
      hole = child;
    }
    events[hole] = event;
    event.position = hole;
  }

  private at(position: number): SimEvent<Owner> {
    // Callers use only indices below `size`.
    return this.events[position] as SimEvent<Owner>;
  }
}

function before(a: SimEvent<unknown>, b: SimEvent<unknown>): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.sequence < b.sequence);
}
