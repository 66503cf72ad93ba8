/**
 * Back-pressure: an accepted stream takes no more requests while its other end leaves too much unread, or waits for too
 * many replies. What it does not take stays in the kernel, so the sender has to wait.
 *
 * Without it, one client that asks for much at once makes replicas answer faster than the coordinator reads, until they
 * give up the link to it.
 */
export interface Intake {
  /** Hands a frame to `take`, now or once there is room. */
  offer(text: string): void;
  /** A request was taken, and its reply is to come. */
  asked(id: number): void;
  /** A reply of this length leaves. */
  answered(id: number, bytes: number): void;
  /** Something that waited has left. */
  left(): void;
}

export interface IntakeOptions {
  /** Requests that may wait for their replies at a time. */
  readonly mostAsked: number;
  /** Bytes that may wait to leave, or are expected to, before no more is taken. */
  readonly mostBytes: number;
  /** The longest reply that there may be: expected of each request until some were answered. */
  readonly longestReply: number;
  bufferedBytes(): number;
  take(text: string): void;
  /** Stop and go on reading from the socket. */
  pause(): void;
  resume(): void;
  /** False: the stream is over, and nothing is taken any more. */
  live(): boolean;
}

export const createIntake = (options: IntakeOptions): Intake => {
  const asked = new Set<number>();
  /** The longest of the last few. */
  let expectedBytes = options.longestReply;
  /** Frames that were read from the socket before it paused. */
  let held: string[] = [];
  let isPaused = false;
  let isLooking = false;

  const isFull = (): boolean =>
    asked.size >= options.mostAsked ||
    options.bufferedBytes() + asked.size * expectedBytes > options.mostBytes;

  const look = (): void => {
    isLooking = false;
    if (!options.live()) {
      held = [];
      return;
    }
    let next = 0;
    for (; next < held.length && options.live() && !isFull(); next++)
      options.take(held[next] as string);
    held = held.slice(next);
    if (held.length > 0 || isFull()) return;
    isPaused = false;
    options.resume();
  };

  /** Not at once: what has just left may belong to a request that is being taken. */
  const lookSoon = (): void => {
    if (!isPaused || isLooking) return;
    isLooking = true;
    setImmediate(look);
  };

  return {
    offer: (text) => {
      if (!isPaused && !isFull()) return options.take(text);
      held.push(text);
      if (isPaused) return;
      isPaused = true;
      options.pause();
      // It may have left already.
      lookSoon();
    },
    asked: (id) => {
      // Some requests have no reply: where nobody counts, nothing may pile up.
      if (options.mostAsked !== Infinity) asked.add(id);
    },
    answered: (id, bytes) => {
      asked.delete(id);
      expectedBytes = Math.max(bytes, expectedBytes >> 1);
      lookSoon();
    },
    left: lookSoon,
  };
};
