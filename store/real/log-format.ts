/**
 * The format of a log on disk. The entries follow one another, and each consists of:
 *
 * length of the body (4 bytes, little endian) | CRC-32 of length and body (4 bytes) | body: the record as JSON
 */
import { crc32 } from "node:zlib";
import type { RecoveredEntry } from "../host.ts";
import { isPlain, plainStateText } from "../protocol/plain-text.ts";
import type { LogRecord } from "../versions/records.ts";

const headerBytes = 8;
const noHeader = "\0".repeat(headerBytes);

/** Several records, and the bytes of their entries one after the other. */
export interface EncodedEntries {
  readonly records: readonly LogRecord[];
  readonly bytes: Buffer;
}

/**
 * The entry of a plain record: space for the header, and JSON with one byte for each character. Null if the record is
 * not plain.
 */
const plainEntry = ({ key, state, hint, reaped, dropped, ring }: LogRecord): string | null => {
  if ((hint ?? reaped ?? dropped ?? ring) !== undefined || !isPlain(key)) return null;
  const text = plainStateText(state);
  return text === null ? null : `${noHeader}{"key":"${key}","state":${text}}`;
};

/**
 * Encodes entries as they are appended, into one buffer. A group commit is then one write. A write for each entry would
 * cost as much as everything else together.
 */
export interface EntryEncoder {
  /** The number of bytes of all entries appended since the last `take`. */
  readonly bytes: number;
  append(record: LogRecord): void;
  /** Returns all entries appended since the last `take`. */
  take(): EncodedEntries;
}

export const createEntryEncoder = (): EntryEncoder => {
  let records: LogRecord[] = [];
  /** The texts of the waiting entries, each with space for its header. */
  let texts = "";
  let entryBytes: number[] = [];
  let bytes = 0;
  let allPlain = true;

  const add = (record: LogRecord, text: string, length: number): void => {
    records.push(record);
    texts += text;
    entryBytes.push(length);
    bytes += length;
  };

  return {
    get bytes() {
      return bytes;
    },
    append: (record) => {
      // Avoids JSON.stringify, which took most of the time of a group commit.
      const text = plainEntry(record);
      if (text !== null) return add(record, text, text.length);
      allPlain = false;
      const other = noHeader + JSON.stringify(record);
      add(record, other, Buffer.byteLength(other));
    },
    take: () => {
      const taken = { records, bytes: Buffer.allocUnsafe(bytes) };
      taken.bytes.write(texts, allPlain ? "latin1" : "utf8");
      writeHeaders(taken.bytes, entryBytes);
      records = [];
      texts = "";
      entryBytes = [];
      bytes = 0;
      allPlain = true;
      return taken;
    },
  };
};

const writeHeaders = (bytes: Buffer, entryBytes: readonly number[]): void => {
  let at = 0;
  for (const length of entryBytes) {
    const end = at + length;
    // While the checksum is computed, the length is right before the body, so that one call covers both.
    bytes.writeUInt32LE(length - headerBytes, at + 4);
    bytes.writeUInt32LE(crc32(bytes.subarray(at + 4, end)), at + 4);
    bytes.writeUInt32LE(length - headerBytes, at);
    at = end;
  }
};

export const encodeEntries = (records: readonly LogRecord[]): EncodedEntries => {
  const encoder = createEntryEncoder();
  for (const record of records) encoder.append(record);
  return encoder.take();
};

/** The end of the intact entry that starts at byte `at`. -1 if no intact entry starts there. */
const endOfWhole = (log: Buffer, at: number): number => {
  if (at + headerBytes > log.length) return -1;
  const end = at + headerBytes + log.readUInt32LE(at);
  if (end > log.length) return -1;
  // The length and the body are not adjacent, so the checksum of the length is continued over the body.
  return crc32(log.subarray(at + headerBytes, end), crc32(log.subarray(at, at + 4))) ===
    log.readUInt32LE(at + 4)
    ? end
    : -1;
};

const isRecord = (value: unknown): value is LogRecord => {
  if (typeof value !== "object" || value === null) return false;
  const { key, state } = value as Partial<LogRecord>;
  if (typeof key !== "string" || typeof state !== "object" || state === null) return false;
  return state.kind === "stamped"
    ? typeof state.stamp === "string"
    : state.kind === "siblings" && Array.isArray(state.siblings);
};

const parsed = (text: string): LogRecord | null => {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    // A damaged text is expected here. The caller reports the entry as damaged.
    return null;
  }
};

/**
 * The record that a reader without checksums would read from a damaged body: the body as it is, or with its missing end
 * closed.
 */
const partialRecord = (body: Buffer): LogRecord | null => {
  const text = body.toString();
  for (const ending of ["", "}", "}}", '"}}']) {
    const record = parsed(text + ending);
    if (record !== null) return record;
  }
  return null;
};

/** An entry, and the byte at which it ends. */
export interface DecodedEntry {
  readonly entry: RecoveredEntry;
  readonly endBytes: number;
}

/**
 * Reads a whole log. After damage, searches byte by byte for the next intact entry. Otherwise one flipped bit in a
 * length would make all later entries look like a torn end, and recovery would remove synced records.
 */
export const decodeLog = (log: Buffer): readonly DecodedEntry[] => {
  const entries: DecodedEntry[] = [];
  for (let at = 0; at < log.length;) {
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
    entries.push({
      entry: { whole: false, partial, bytes: next - at, last: next === log.length },
      endBytes: next,
    });
    at = next;
  }
  return entries;
};
