/**
 * Back-pressure: an accepted stream takes no further requests while its other end leaves too much unread or too many
 * requests are unanswered. The rest stays in the kernel, so the sender must wait.
 *
 * Without it, one client with many requests makes replicas answer faster than the coordinator reads, until they give up
 * the link.
 */
export interface Intake {
  /** Passes a frame to `take`, now or once there is room. */
  offer(text: string): void;
  /** Records a request that awaits its reply. */
  asked(id: number): void;
  /** Records a reply of that length. */
  answered(id: number, bytes: number): void;
  /** Called when something that waited was sent. */
  left(): void;
}

export interface IntakeOptions {
  /** The largest number of unanswered requests. */
  readonly mostAsked: number;
  /** The number of waiting or expected bytes at which no more requests are taken. */
  readonly mostBytes: number;
  /** The longest possible reply, assumed for each request until some were answered. */
  readonly longestReply: number;
  bufferedBytes(): number;
  take(text: string): void;
  /** Stops and resumes reading from the socket. */
  pause(): void;
  resume(): void;
  /** False: the stream has ended, and nothing is taken any more. */
  live(): boolean;
}

export const createIntake = (options: IntakeOptions): Intake => {
  const asked = new Set<number>();
  /** The longest of the last few replies. */
  let expectedBytes = options.longestReply;
  /** Frames read from the socket before it paused. */
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

  /** Checks later, since what was just sent may belong to a request that is being taken. */
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
      // What filled the stream may have been sent already.
      lookSoon();
    },
    asked: (id) => {
      // Some requests have no reply, and these must not add up.
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
