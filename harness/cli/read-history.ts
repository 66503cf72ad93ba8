/** Reads history files; apart from load.ts, so that `check` needs nothing of plans. */
import { closeSync, openSync, readSync } from "node:fs";
import {
  formatOf,
  type GuaranteeName,
  type HistoryEvent,
  HistoryJudge,
  HistoryReader,
  type Verdict,
} from "../../checkers/index.ts";

const chunkBytes = 1 << 20;

/** Throws HistoryError for a file that is no whole history. */
export async function readHistory(file: string): Promise<readonly HistoryEvent[]> {
  const reader = new HistoryReader();
  const events: HistoryEvent[] = [];
  forEachLine(file, (bytes, from, to) =>
    events.push(reader.read(bytes.toString("utf8", from, to))),
  );
  reader.finish();
  return events;
}

/** The verdict on a file that is never held whole, on all guarantees or one alone. Throws HistoryError for one that is no history. */
export function judgeFile(file: string, only?: GuaranteeName): Verdict {
  const judge = new HistoryJudge();
  forEachLine(file, (bytes, from, to) => judge.take(bytes, from, to));
  return judge.finish(only === undefined ? {} : { only });
}

/** Each line without its end, as bytes[from, to), of a file that is read piece by piece. The bytes are good until `take` returns. */
function forEachLine(file: string, take: (bytes: Buffer, from: number, to: number) => void): void {
  const descriptor = openSync(file, "r");
  try {
    let bytes = Buffer.allocUnsafe(chunkBytes);
    let held = 0;
    for (
      let size = readSync(descriptor, bytes);
      size > 0;
      size = readSync(descriptor, bytes, held, bytes.length - held, null)
    ) {
      const end = held + size;
      let from = 0;
      for (let to = nextLineEnd(bytes, held, end); to >= 0; to = nextLineEnd(bytes, from, end)) {
        take(bytes, from, to > from && bytes[to - 1] === carriageReturn ? to - 1 : to);
        from = to + 1;
      }
      bytes.copy(bytes, 0, from, end);
      held = end - from;
      if (held === bytes.length) bytes = Buffer.concat([bytes], 2 * bytes.length);
    }
    if (held > 0) take(bytes, 0, held);
  } finally {
    closeSync(descriptor);
  }
}

const lineFeed = 10;
const carriageReturn = 13;

/** −1: none before `end`. */
function nextLineEnd(bytes: Buffer, from: number, end: number): number {
  const at = bytes.indexOf(lineFeed, from);
  return at < end ? at : -1;
}

/** What a file is, by how it begins. Throws HistoryError where it begins like nothing known. */
export function formatOfFile(file: string): ReturnType<typeof formatOf> {
  const descriptor = openSync(file, "r");
  try {
    const beginning = Buffer.alloc(4096);
    return formatOf(beginning.toString("utf8", 0, readSync(descriptor, beginning)));
  } finally {
    closeSync(descriptor);
  }
}
