/**
 * Something that will happen. One shape for all kinds, and no closure for each, keep the simulator's innermost loop
 * fast.
 */
export interface SimEvent<Owner> {
  /** Only the heap changes it. */
  atUs: number;
  /** Order of scheduling: what is due at the same microsecond happens in this order. */
  readonly sequence: number;
  /** Where it sits in the heap; −1 once it left. */
  position: number;
  readonly owner: Owner;
  readonly run: (subject: never, argument: never) => void;
  readonly subject: unknown;
  readonly argument: unknown;
}

/**
 * A binary heap of events, ordered by (time, sequence). Events know their place, so a cancelled one leaves at once: a
 * history of a million cancelled timeouts holds no memory but for those still due.
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

  /** `run(subject, argument)` will be called at `atUs`, whole microseconds. */
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

  /** Takes it out; one that left already is no error. */
  remove(event: SimEvent<Owner>): void {
    const { position } = event;
    if (position < 0) return;
    event.position = -1;
    const last = this.events.pop();
    if (last === undefined || last === event) return;
    if (position > 0 && before(last, this.at((position - 1) >> 1))) this.rise(last, position);
    else this.sink(last, position);
  }

  /** When the first event of that kind is due; Infinity: there is none. */
  firstAtUs(which: (event: SimEvent<Owner>) => boolean): number {
    let atUs = Infinity;
    for (const event of this.events) if (event.atUs < atUs && which(event)) atUs = event.atUs;
    return atUs;
  }

  /** Lets the events of that kind happen so much earlier. What is due at the same time keeps its order. */
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
    // Only positions below `size` are asked for.
    return this.events[position] as SimEvent<Owner>;
  }
}

function before(a: SimEvent<unknown>, b: SimEvent<unknown>): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.sequence < b.sequence);
}
