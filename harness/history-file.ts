/** Encodes a history canonically, one event a line, so that equal runs have equal hashes. */
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import type { HistoryEvent } from "../checkers/index.ts";
import { JsonBytes } from "./json-bytes.ts";

/**
 * Encodes an event as one line of history.jsonl, without the line feed. Equal events give equal lines if their fields
 * have the same order, which recorders keep fixed.
 */
export function historyLine(event: HistoryEvent): string {
  return JSON.stringify(event);
}

/** The hex SHA-256 of the events' lines, joined by line feeds. */
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

/**
 * Hashes a history.jsonl file of any content. For a file of `writeHistory`, the result is that of `hashHistory` for the
 * same events. Reads the file in pieces. Throws the file system's error.
 */
export function hashHistoryFile(path: string): string {
  const hash = createHash("sha256");
  const bytes = Buffer.allocUnsafe(chunkBytes);
  const file = openSync(path, "r");
  try {
    /**
     * Whether the line feed at the end of the last piece is not hashed yet. A line feed at the end of the file is not
     * hashed.
     */
    let waits = false;
    for (let size = readSync(file, bytes); size > 0; size = readSync(file, bytes)) {
      if (waits) hash.update("\n");
      waits = bytes[size - 1] === lineFeed;
      hash.update(bytes.subarray(0, waits ? size - 1 : size));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}

/**
 * Writes history.jsonl as a whole or not at all, and replaces an existing file. Rejects with the file system's error.
 */
export async function writeHistory(path: string, events: readonly HistoryEvent[]): Promise<void> {
  const part = `${path}.part`;
  try {
    await writeEvents(part, events);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function writeEvents(path: string, events: readonly HistoryEvent[]): Promise<void> {
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

/**
 * The size in bytes of a piece that is hashed or written, so that the text of a long history is never in memory as a
 * whole.
 */
const chunkBytes = 900_000;
const lineFeed = 10;
