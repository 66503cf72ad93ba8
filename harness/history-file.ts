/** A history as bytes: one event a line, canonical, so that equal runs have equal hashes. */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { HistoryEvent } from "../checkers/index.ts";
import { JsonBytes } from "./json-bytes.ts";

/** One line of history.jsonl, without its end: the event's JSON. Canonical because every recorder writes keys in a fixed order. */
export function historyLine(event: HistoryEvent): string {
  return JSON.stringify(event);
}

/** sha256, in hex, of the events' lines with newlines between them. */
export function hashHistory(events: readonly HistoryEvent[]): string {
  const hash = createHash("sha256");
  let first = true;
  const bytes = new JsonBytes();
  for (const event of events) {
    if (!first) bytes.newline();
    first = false;
    bytes.value(event);
    if (bytes.size > chunkBytes) hash.update(bytes.take());
  }
  return hash.update(bytes.take()).digest("hex");
}

/** Writes history.jsonl, every line with its end; a file that is there is replaced. Rejects with the file system's error. */
export async function writeHistory(path: string, events: readonly HistoryEvent[]): Promise<void> {
  const file = await open(path, "w");
  try {
    const bytes = new JsonBytes();
    for (const event of events) {
      bytes.value(event);
      bytes.newline();
      if (bytes.size > chunkBytes) await file.writeFile(bytes.take());
    }
    await file.writeFile(bytes.take());
  } finally {
    await file.close();
  }
}

/** What is gathered before it is hashed or written: a long history is never in memory as text at once. */
const chunkBytes = 900_000;
