/** Reads history files; apart from load.ts, so that `check` needs nothing of plans. */
import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { createInterface } from "node:readline";
import { formatOf, type HistoryEvent, parseHistoryStream } from "../../checkers/index.ts";

/** Throws HistoryError for a file that is no whole history. */
export async function readHistory(file: string): Promise<readonly HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for await (const event of parseHistoryStream(createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Number.POSITIVE_INFINITY }))) events.push(event);
  return events;
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
