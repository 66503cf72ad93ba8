/** Reads history files; apart from load.ts, so that `check` needs nothing of plans. */
import { closeSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { formatOf, type HistoryEvent, HistoryJudge, HistoryReader, type Verdict } from "../../checkers/index.ts";

const chunkBytes = 1 << 20;

/** Throws HistoryError for a file that is no whole history. */
export async function readHistory(file: string): Promise<readonly HistoryEvent[]> {
  const reader = new HistoryReader();
  const events: HistoryEvent[] = [];
  forEachLine(file, (line) => events.push(reader.read(line)));
  reader.finish();
  return events;
}

/** The verdict on a file that is never held whole. Throws HistoryError for one that is no history. */
export function judgeFile(file: string): Verdict {
  const judge = new HistoryJudge();
  forEachLine(file, (line) => judge.read(line));
  return judge.finish();
}

/** Each line without its end, of a file that is read piece by piece. */
function forEachLine(file: string, take: (line: string) => void): void {
  const descriptor = openSync(file, "r");
  try {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const decoder = new StringDecoder("utf8");
    let rest = "";
    for (let size = readSync(descriptor, chunk); size > 0; size = readSync(descriptor, chunk)) {
      const text = rest + decoder.write(chunk.subarray(0, size));
      let from = 0;
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
        take(text.slice(from, text[end - 1] === "\r" ? end - 1 : end));
        from = end + 1;
      }
      rest = text.slice(from);
    }
    rest += decoder.end();
    if (rest !== "") take(rest);
  } finally {
    closeSync(descriptor);
  }
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
