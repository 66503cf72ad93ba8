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

/** UTF-8 takes at most three bytes for a unit of a text. */
const mostBytes = (text: string): number => headerBytes + 3 * text.length;

/** Writes the entry at `at`, where there is room for `mostBytes`. Returns where it ends. */
const encodeAt = (target: Buffer, at: number, text: string): number => {
  const bodyBytes = target.write(text, at + headerBytes);
  const end = at + headerBytes + bodyBytes;
  // The length stands next to the body for a moment, so that one call sums up both.
  target.writeUInt32LE(bodyBytes, at + 4);
  target.writeUInt32LE(crc32(target.subarray(at + 4, end)), at + 4);
  target.writeUInt32LE(bodyBytes, at);
  return end;
};

/** Records and what the file holds of them, one after the other. */
export interface EncodedEntries {
  readonly records: readonly LogRecord[];
  readonly bytes: Buffer;
}

/** What JSON leaves as it is between quotes. */
const plain = /^[ !#-[\]-~]*$/;
const quoted = (text: string | null): string => (text !== null && plain.test(text) ? `"${text}"` : JSON.stringify(text));

/** What JSON.stringify makes of it, for a plain write in a third of its time: most of a group commit's own cost was there. */
const textOf = (record: LogRecord): string => {
  const { key, state } = record;
  if (state.kind !== "stamped" || record.hint !== undefined || record.reaped !== undefined) return JSON.stringify(record);
  return `{"key":${quoted(key)},"state":{"kind":"stamped","stamp":${quoted(state.stamp)},"value":${quoted(state.value)}}}`;
};

/** Encodes entries as they come, all into one buffer: a group commit is one write, and would else copy each entry once more. */
export interface EntryEncoder {
  /** Of what waits. */
  readonly bytes: number;
  append(record: LogRecord): void;
  /** Everything since the last time. */
  take(): EncodedEntries;
}

const leastBuffer = 1_024;

export const createEntryEncoder = (): EntryEncoder => {
  let records: LogRecord[] = [];
  let buffer = Buffer.allocUnsafe(leastBuffer);
  let used = 0;
  return {
    get bytes() {
      return used;
    },
    append: (record) => {
      const text = textOf(record);
      if (used + mostBytes(text) > buffer.length) {
        const larger = Buffer.allocUnsafe(2 * (used + mostBytes(text)));
        buffer.copy(larger, 0, 0, used);
        buffer = larger;
      }
      used = encodeAt(buffer, used, text);
      records.push(record);
    },
    take: () => {
      const taken = { records, bytes: buffer.subarray(0, used) };
      // The next group is likely as large as this one.
      buffer = Buffer.allocUnsafe(Math.max(leastBuffer, used));
      records = [];
      used = 0;
      return taken;
    },
  };
};

export const encodeEntries = (records: readonly LogRecord[]): EncodedEntries => {
  const encoder = createEntryEncoder();
  for (const record of records) encoder.append(record);
  return encoder.take();
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
