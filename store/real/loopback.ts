/** A node's stream to itself: two ends in one process without a network. */
import type { Stream, StreamHandlers } from "../host.ts";
import type { Message } from "../protocol/protocol.ts";

export interface LoopbackOptions {
  /** The handlers of the dialling end. */
  readonly handlers: StreamHandlers;
  /** Offers the accepted end to the node, like any stream of a peer. */
  accept(stream: Stream): StreamHandlers;
  /** Called for each message just before it arrives, in the turn in which it was sent. */
  passed(message: Message): void;
  /** False: this boot has ended, and no callback is called any more. */
  live(): boolean;
}

/** Returns the dialling end. Messages are immutable, so they need no copy. */
export const loopback = (options: LoopbackOptions): Stream => {
  let closed = false;
  const dialled = options.handlers;
  let accepted: StreamHandlers | null = null;
  let steps: (() => void)[] = [];
  const go = (): void => {
    for (let i = 0; i < steps.length && options.live(); i++) steps[i]?.();
    steps = [];
  };
  // Delivers after the current call but in the same turn, so that a request served by this node alone costs one write
  // of evidence. All messages of a turn share one microtask, since a separate one costs as much as the message.
  const later = (step: () => void): void => {
    if (steps.push(step) === 1) queueMicrotask(go);
  };

  const end = (receiver: () => StreamHandlers | null): Stream => ({
    send: (message) => {
      if (closed) return;
      later(() => {
        if (closed) return;
        options.passed(message);
        receiver()?.message(message);
      });
    },
    close: (reason) => {
      if (closed) return;
      closed = true;
      later(() => {
        dialled.close(reason);
        accepted?.close(reason);
      });
    },
    bufferedBytes: () => 0,
  });

  later(() => {
    if (closed) return;
    accepted = options.accept(end(() => dialled));
    dialled.open?.();
  });
  return end(() => accepted);
};
