/** A node's stream to itself: two ends in one process, no network. */
import type { Stream, StreamHandlers } from "../host.ts";
import type { Message } from "../protocol/protocol.ts";

export interface LoopbackOptions {
  /** The dialling end's. */
  readonly handlers: StreamHandlers;
  /** Gives the accepted end away, as for any stream of a peer. */
  accept(stream: Stream): StreamHandlers;
  /** Called for each message that is about to arrive, in the turn in which it was sent. */
  passed(message: Message): void;
  /** False: this boot is over, and nobody is called any more. */
  live(): boolean;
}

/** Returns the dialling end. Messages are values, so handing them over is as good as a copy. */
export const loopback = (options: LoopbackOptions): Stream => {
  let closed = false;
  const dialled = options.handlers;
  let accepted: StreamHandlers | null = null;
  let steps: (() => void)[] = [];
  const go = (): void => {
    for (let i = 0; i < steps.length && options.live(); i++) steps[i]?.();
    steps = [];
  };
  // After the call that it is made in, yet in the same turn: a request served by this node alone then costs one write
  // of evidence. All that one turn brings share one microtask: each of its own costs as much as the message.
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
