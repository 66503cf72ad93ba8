/**
 * The log on disk: entries one after the other, each
 *
 *     length of the body (4 bytes, little endian) | CRC-32 of length and body (4 bytes) | body: the record as JSON
 */
import { crc32 } from "node:zlib";
import type { RecoveredEntry } from "../host.ts";
import type { LogRecord } from "../records.ts";

const headerBytes = 8;

const checksum = (length: Buffer, body: Buffer): number => crc32(body, crc32(length));

export const encodeEntry = (record: LogRecord): Buffer => {
  const text = JSON.stringify(record);
  const bodyBytes = Buffer.byteLength(text);
  const entry = Buffer.allocUnsafe(headerBytes + bodyBytes);
  entry.write(text, headerBytes);
  // The length stands next to the body for a moment, so that one call sums up both.
  entry.writeUInt32LE(bodyBytes, 4);
  entry.writeUInt32LE(crc32(entry.subarray(4)), 4);
  entry.writeUInt32LE(bodyBytes, 0);
  return entry;
};

/** Where the whole entry that starts at `at` ends; -1: there is none. */
const endOfWhole = (log: Buffer, at: number): number => {
  if (at + headerBytes > log.length) return -1;
  const end = at + headerBytes + log.readUInt32LE(at);
  if (end > log.length) return -1;
  return checksum(log.subarray(at, at + 4), log.subarray(at + headerBytes, end)) === log.readUInt32LE(at + 4) ? end : -1;
};

const isRecord = (value: unknown): value is LogRecord => {
  if (typeof value !== "object" || value === null) return false;
  const { key, state } = value as Partial<LogRecord>;
  if (typeof key !== "string" || typeof state !== "object" || state === null) return false;
  return state.kind === "stamped" ? typeof state.stamp === "string" : state.kind === "siblings" && Array.isArray(state.siblings);
};

const parsed = (text: string): LogRecord | null => {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    // Damaged text is expected here: the caller reports the entry as damaged.
    return null;
  }
};

/** What a careless reader would take a damaged body for: as it stands, or with its cut-off end closed. */
const partialRecord = (body: Buffer): LogRecord | null => {
  const text = body.toString();
  for (const ending of ["", "}", "}}", '"}}']) {
    const record = parsed(text + ending);
    if (record !== null) return record;
  }
  return null;
};

/** Each entry and where it ends. */
export interface DecodedEntry {
  readonly entry: RecoveredEntry;
  readonly endBytes: number;
}

/**
 * Reads a whole log. After damage it looks for the next whole entry byte by byte: a flipped bit in a length would otherwise
 * pass everything behind it off as a torn tail, and recovery would cut synced records away.
 */
export const decodeLog = (log: Buffer): readonly DecodedEntry[] => {
  const entries: DecodedEntry[] = [];
  for (let at = 0; at < log.length; ) {
    const end = endOfWhole(log, at);
    const record = end === -1 ? null : parsed(log.toString("utf8", at + headerBytes, end));
    if (record !== null) {
      entries.push({ entry: { whole: true, record }, endBytes: end });
      at = end;
      continue;
    }
    let next = at + 1;
    while (next < log.length && endOfWhole(log, next) === -1) next++;
    const partial = partialRecord(log.subarray(at + headerBytes, next));
    entries.push({ entry: { whole: false, partial, bytes: next - at, last: next === log.length }, endBytes: next });
    at = next;
  }
  return entries;
};
