/** A node's stream to itself. Both ends are in one process, without a network. */
import type { Stream, StreamHandlers } from "../host.ts";
import type { Message } from "../protocol/protocol.ts";

export interface LoopbackOptions {
  /** The handlers of the dialling end. */
  readonly handlers: StreamHandlers;
  /** Offers the accepting end of the stream to the node, like the stream of any peer. */
  accept(stream: Stream): StreamHandlers;
  /** Called for each message just before it arrives, in the turn of the event loop in which it was sent. */
  passed(message: Message): void;
  /** Whether this boot is still alive. Once it has ended, no callback is called any more. */
  live(): boolean;
}

/** Opens the stream, and returns its dialling end. Passes on messages without a copy, since they are immutable. */
export const loopback = (options: LoopbackOptions): Stream => {
  let closed = false;
  const dialled = options.handlers;
  let accepted: StreamHandlers | null = null;
  let steps: (() => void)[] = [];
  const go = (): void => {
    for (let i = 0; i < steps.length && options.live(); i++) steps[i]?.();
    steps = [];
  };
  // Delivers a message after the current call but in the same turn of the event loop, so that a request that this node
  // serves alone costs one write of evidence. All messages of a turn share one microtask: a microtask of its own would
  // cost as much as the message.
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
