/** Reads the bytes of a history from a file, plain or gzip, from a pipe, or from standard input. */
import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import { createGunzip } from "node:zlib";
import { HistoryError } from "../../checkers/index.ts";

/** The path that means standard input. */
export const standardInput = "-";

const chunkBytes = 1 << 22;

/**
 * Yields the bytes of all sources, one source after the other, and unpacks those that are gzip. Throws HistoryError for
 * damaged gzip.
 */
export async function* bytesOf(sources: readonly string[]): AsyncGenerator<Buffer> {
  for (const source of sources) yield* bytesOfOne(source);
}

async function* bytesOfOne(source: string): AsyncGenerator<Buffer> {
  if (source === standardInput) yield* unpacked(process.stdin);
  // A pipe can be read only once, so its first bytes cannot be read in advance.
  else if (!statSync(source).isFile()) yield* unpacked(createReadStream(source));
  else if (isGzip(source)) yield* gunzip(createReadStream(source));
  else yield* piecesOf(source);
}

/**
 * Yields the bytes of a plain file. Reads synchronously, which is faster than a stream, and nothing else runs
 * meanwhile.
 */
function* piecesOf(file: string): Generator<Buffer> {
  const descriptor = openSync(file, "r");
  try {
    for (;;) {
      const bytes = Buffer.allocUnsafe(chunkBytes);
      const size = readSync(descriptor, bytes);
      if (size === 0) return;
      yield bytes.subarray(0, size);
    }
  } finally {
    closeSync(descriptor);
  }
}

function isGzip(file: string): boolean {
  const descriptor = openSync(file, "r");
  try {
    const magic = Buffer.alloc(2);
    return readSync(descriptor, magic) === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
  } finally {
    closeSync(descriptor);
  }
}

/** Unpacks a stream that begins with gzip's first bytes. Passes any other stream on unchanged. */
async function* unpacked(stream: NodeJS.ReadableStream): AsyncGenerator<Buffer> {
  const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer | string>;
  const next = async (): Promise<Buffer | undefined> => {
    const piece = await pieces.next();
    return piece.done === true ? undefined : Buffer.from(piece.value);
  };
  async function* from(first: Buffer): AsyncGenerator<Buffer> {
    yield first;
    for (let piece = await next(); piece !== undefined; piece = await next()) yield piece;
  }
  let first = await next();
  if (first === undefined) return;
  if (first.length < 2) first = Buffer.concat([first, (await next()) ?? Buffer.alloc(0)]);
  if (first[0] === 0x1f && first[1] === 0x8b) yield* gunzip(from(first));
  else yield* from(first);
}

async function* gunzip(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { pipeline } = await import("node:stream");
  const unpacker = createGunzip();
  // The iteration below throws the error.
  pipeline(packed, unpacker, () => undefined);
  try {
    for await (const piece of unpacker) yield piece as Buffer;
  } catch (error) {
    throw new HistoryError(
      "bad-gzip",
      "a complete and undamaged gzip file",
      error instanceof Error ? error.message : String(error),
    );
  }
}
