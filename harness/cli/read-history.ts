/** Reads history files. This module is separate from load.ts, so that `check` does not load the code for plans. */
import { closeSync, openSync, readSync } from "node:fs";
import {
  type GuaranteeName,
  type HistoryEvent,
  HistoryJudge,
  HistoryReader,
  type JudgeOptions,
  type Verdict,
} from "../../checkers/index.ts";

const chunkBytes = 1 << 20;

/** Reads the events of a history file. Throws HistoryError if the file is not a complete history. */
export async function readHistory(file: string): Promise<readonly HistoryEvent[]> {
  const reader = new HistoryReader();
  const events: HistoryEvent[] = [];
  forEachLine(file, (bytes, from, to) =>
    events.push(reader.read(bytes.toString("utf8", from, to))),
  );
  reader.finish();
  return events;
}

/** Judges a history file without holding the file in memory. Throws HistoryError if the file is no history. */
export function judgeFile(file: string, options: JudgeOptions = {}): Verdict {
  const judge = new HistoryJudge();
  forEachLine(file, (bytes, from, to) => judge.take(bytes, from, to));
  return judge.finish(options);
}

/**
 * Judges a history whose bytes arrive in pieces. With `only`, judges this guarantee alone. Throws HistoryError if the
 * bytes are no history.
 */
export async function judgePieces(
  pieces: AsyncIterable<Buffer>,
  only?: GuaranteeName,
): Promise<Verdict> {
  const judge = new HistoryJudge();
  const lines = new Lines((bytes, from, to) => judge.take(bytes, from, to));
  for await (const bytes of pieces) lines.push(bytes);
  lines.finish();
  return judge.finish(only === undefined ? {} : { only });
}

/**
 * Receives one line without its end: the bytes from index `from` up to, but not including, index `to`. They are valid
 * only during the call.
 */
type TakeLine = (bytes: Buffer, from: number, to: number) => void;

/** Reads a file in pieces and calls `take` for each line. */
function forEachLine(file: string, take: TakeLine): void {
  const descriptor = openSync(file, "r");
  try {
    const lines = new Lines(take);
    const bytes = Buffer.allocUnsafe(chunkBytes);
    for (let size = readSync(descriptor, bytes); size > 0; size = readSync(descriptor, bytes))
      lines.push(bytes.subarray(0, size));
    lines.finish();
  } finally {
    closeSync(descriptor);
  }
}

/** Cuts pieces into lines. The incomplete rest of a piece is copied, since its bytes may be overwritten. */
class Lines {
  readonly #take: TakeLine;
  #rest: Buffer[] = [];

  constructor(take: TakeLine) {
    this.#take = take;
  }

  push(piece: Buffer): void {
    const first = piece.indexOf(lineFeed);
    if (first < 0) {
      this.#rest.push(Buffer.from(piece));
      return;
    }
    let from = 0;
    if (this.#rest.length > 0) {
      const line = Buffer.concat([...this.#rest, piece.subarray(0, first)]);
      this.#rest = [];
      this.#line(line, 0, line.length);
      from = first + 1;
    }
    for (let to = piece.indexOf(lineFeed, from); to >= 0; to = piece.indexOf(lineFeed, from)) {
      this.#line(piece, from, to);
      from = to + 1;
    }
    if (from < piece.length) this.#rest.push(Buffer.from(piece.subarray(from)));
  }

  finish(): void {
    const line = Buffer.concat(this.#rest);
    if (line.length > 0) this.#line(line, 0, line.length);
  }

  #line(bytes: Buffer, from: number, to: number): void {
    this.#take(bytes, from, to > from && bytes[to - 1] === carriageReturn ? to - 1 : to);
  }
}

const lineFeed = 10;
const carriageReturn = 13;
