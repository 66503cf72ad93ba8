/**
 * Back-pressure on an accepted stream. It takes no further requests while its other end leaves too many bytes unread,
 * or while too many requests are unanswered. Apart from frames that were already read, further requests stay in the
 * kernel's buffers, so the sender must wait.
 *
 * Without back-pressure, one client with many requests makes replicas answer faster than the coordinator reads, until
 * the replicas drop their links to it.
 */
export interface Intake {
  /** Passes a frame to `take`, at once or when there is room. */
  offer(text: string): void;
  /** Notes a request that waits for its reply. */
  asked(id: number): void;
  /** Notes that request `id` got a reply of `bytes` bytes. */
  answered(id: number, bytes: number): void;
  /** Must be called when waiting bytes have been sent. */
  left(): void;
}

export interface IntakeOptions {
  /** The largest number of unanswered requests. */
  readonly mostAsked: number;
  /** The number of bytes, waiting and expected in replies, above which no more requests are taken. */
  readonly mostBytes: number;
  /** The length of the longest possible reply. Until a reply was sent, each reply is expected to be that long. */
  readonly longestReply: number;
  bufferedBytes(): number;
  take(text: string): void;
  /** Stops reading from the socket. `resume` continues. */
  pause(): void;
  resume(): void;
  /** Whether the stream is still open. Once it is not, nothing is taken any more. */
  live(): boolean;
}

export const createIntake = (options: IntakeOptions): Intake => {
  const asked = new Set<number>();
  /** The expected length of a reply: at least that of the last reply, and at least half of the last expected length. */
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

  /**
   * Checks in a later turn whether there is room. The bytes that were just sent may belong to a request that is still
   * being taken.
   */
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
      // The bytes that filled the stream may have been sent already, and no further call of `left` would come.
      lookSoon();
    },
    asked: (id) => {
      // Some requests of peers have no reply. If they were counted, they would add up until the stream is full.
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
