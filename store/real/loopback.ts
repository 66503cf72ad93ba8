/** A node's stream to itself: two ends in one process, no network. */
import type { Stream, StreamHandlers } from "../host.ts";
import { textOf } from "../plain-text.ts";
import type { Message } from "../protocol.ts";

export interface LoopbackOptions {
  /** The dialling end's. */
  readonly handlers: StreamHandlers;
  /** False: nobody wants a frame's text. */
  readonly recorded: boolean;
  /** Gives the accepted end away, as for any stream of a peer. */
  accept(stream: Stream): StreamHandlers;
  sent(message: Message, text: string): void;
  received(message: Message, text: string): void;
  /** False: this boot is over, and nobody is called any more. */
  live(): boolean;
}

/** Returns the dialling end. Messages are values, so handing them over is as good as a copy. */
export const loopback = (options: LoopbackOptions): Stream => {
  let closed = false;
  const dialled = options.handlers;
  let accepted: StreamHandlers | null = null;
  const later = (step: () => void): void => {
    // After the call that it is made in, yet in the same turn: a request served by this node alone then costs one write of evidence.
    queueMicrotask(() => {
      if (options.live()) step();
    });
  };

  const end = (receiver: () => StreamHandlers | null): Stream => ({
    send: (message) => {
      if (closed) return;
      const text = options.recorded ? textOf(message) : "";
      options.sent(message, text);
      later(() => {
        if (closed) return;
        options.received(message, text);
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
