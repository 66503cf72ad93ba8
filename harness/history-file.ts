/** A history as bytes: one event a line, canonical, so that equal runs have equal hashes. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { HistoryEvent } from "../checkers/index.ts";

/** One line of history.jsonl, without its end. Equal to the event's JSON; every recorder writes keys in a fixed order. */
export function historyLine(event: HistoryEvent): string {
  return JSON.stringify(event);
}

/** sha256, in hex, of the lines of the file that `writeHistory` writes, newlines between them. */
export function hashHistory(events: readonly HistoryEvent[]): string {
  const hash = createHash("sha256");
  let first = true;
  for (const chunk of chunks(events)) {
    hash.update(first ? chunk : `\n${chunk}`);
    first = false;
  }
  return hash.digest("hex");
}

/** Writes history.jsonl: every line ends with a newline. Rejects with the file system's error. */
export async function writeHistory(path: string, events: readonly HistoryEvent[]): Promise<void> {
  const lines = function* (): Generator<string> {
    for (const chunk of chunks(events)) yield `${chunk}\n`;
  };
  await pipeline(lines, createWriteStream(path));
}

/** Lines joined by the thousand: one by one is slow, all at once is too much memory for a long history. */
function* chunks(events: readonly HistoryEvent[]): Generator<string> {
  for (let from = 0; from < events.length; from += 1000) {
    yield events.slice(from, from + 1000).map(historyLine).join("\n");
  }
}
