/** Closes a stream whose other end does not read, before it makes this node buffer too much. */
import type { Stream } from "../host.ts";

/** Wraps `stream`, and closes it once more than `limitBytes` wait to leave. */
export function bounded(stream: Stream, limitBytes: number): Stream {
  return {
    send(message) {
      stream.send(message);
      const waiting = stream.bufferedBytes();
      if (waiting > limitBytes)
        stream.close(
          `it does not read what we send: ${waiting} bytes wait, more than ${limitBytes}`,
        );
    },
    close: (reason) => stream.close(reason),
    bufferedBytes: () => stream.bufferedBytes(),
  };
}
