/** Reads the output of processes in containers. */
import { addAbortSignal, type Duplex } from "node:stream";

const standardError = 2;

/** The output of a process: in order, and each stream separately. */
export interface Printed {
  readonly all: Buffer;
  readonly output: Buffer;
  readonly errors: Buffer;
}

/**
 * Separates stdout and stderr. The engine sends both in one stream of frames. A frame has a header of 8 bytes (stream,
 * length) and a body.
 */
export const demultiplex = (raw: Buffer): Printed => {
  const bodies: { readonly stream: number; readonly body: Buffer }[] = [];
  for (let at = 0; at + 8 <= raw.length;) {
    const length = raw.readUInt32BE(at + 4);
    bodies.push({ stream: raw.readUInt8(at), body: raw.subarray(at + 8, at + 8 + length) });
    at += 8 + length;
  }
  const joined = (wanted: (stream: number) => boolean): Buffer =>
    Buffer.concat(bodies.filter(({ stream }) => wanted(stream)).map(({ body }) => body));
  return {
    all: joined(() => true),
    output: joined((stream) => stream !== standardError),
    errors: joined((stream) => stream === standardError),
  };
};

/**
 * Resolves with the whole output once the stream ended. Rejects if the stream fails. When the signal aborts, it
 * destroys the stream and rejects.
 */
export const drain = (stream: Duplex, signal: AbortSignal): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    addAbortSignal(signal, stream);
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.once("error", reject);
    stream.once("end", () => resolve(Buffer.concat(chunks)));
  });
