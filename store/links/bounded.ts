/** Closes a stream whose other end does not read, before this node has to buffer too much. */
import type { Stream } from "../host.ts";

/** Wraps `stream`. Closes it once more than `limitBytes` are waiting to be sent. */
export function bounded(stream: Stream, limitBytes: number): Stream {
  return {
    send(message) {
      stream.send(message);
      const waiting = stream.bufferedBytes();
      if (waiting > limitBytes)
        stream.close(
          `the receiver reads too slowly: ${waiting} bytes wait to be sent, more than ${limitBytes}`,
        );
    },
    close: (reason) => stream.close(reason),
    bufferedBytes: () => stream.bufferedBytes(),
  };
}
