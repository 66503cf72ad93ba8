/**
 * A log in segments. Apart from a snapshot, only one segment takes appends at a time. At its size limit it is sealed,
 * and the next one begins. Once the sealed segments are large enough, compaction writes all live records into one new
 * segment (a snapshot), syncs it, and then deletes the old segments, the oldest first.
 *
 * A crash at any step of a compaction loses nothing and brings nothing back. Records are whole states, and replay
 * merges them, so a partial snapshot beside the old segments adds nothing. The oldest segment is deleted first, since a
 * later one may hold the tombstone for its data.
 *
 * Segments with appends have odd numbers. The snapshot of all segments up to number s has the number s + 1. So replay
 * in the order of numbers is replay in the order of time.
 */
import type { Host, HostLog, LogFailure, RecoveredEntry } from "../host.ts";
import type { LogRecord } from "../versions/records.ts";

/** One segment as recovery finds it. */
export interface RecoveredSegment {
  readonly name: string;
  /** Whether the segment takes no more appends. */
  readonly sealed: boolean;
  readonly entries: readonly RecoveredEntry[];
}

/** What recovery keeps of the segments. */
export interface Recovery {
  readonly records: readonly LogRecord[];
  /** The number of entries of the last segment to keep. The entries after them are cut off before the first append. */
  readonly keepEntries: number;
}

/** Decisions about compaction that a planted bug can replace. */
export interface CompactionPart {
  /** Whether to begin a compaction. `busy` says whether one is already under way. */
  begins(busy: boolean): boolean;
  /** The records to write into a snapshot. `live` has all live records. */
  snapshot(live: Iterable<LogRecord>): Iterable<LogRecord>;
  /**
   * Whether to delete the replaced segments now. Asked twice: before the sync of the snapshot, with `synced` false, and
   * after it, with `synced` true.
   */
  removesReplaced(synced: boolean): boolean;
}

export const healthyCompaction: CompactionPart = {
  begins: (busy) => !busy,
  snapshot: (live) => live,
  removesReplaced: (synced) => synced,
};

type Done = (failure: LogFailure | null) => void;

interface Segment {
  readonly number: number;
  readonly log: HostLog;
  /**
   * Set by recovery, and once the segment is sealed and all its entries are durable. Each of those entries is then live
   * or superseded.
   */
  settled: boolean;
}

/** The number of records of a snapshot that are written at a time. Between two chunks the node does other work. */
const chunkRecords = 256;
/**
 * Compaction waits until the sealed segments after the last snapshot hold the bytes of this many full segments, and at
 * least as many bytes as that snapshot. So it does not rewrite the same data too often.
 */
const segmentsBetween = 2;

export class SegmentedLog {
  readonly #host: Host;
  readonly #name: string;
  readonly #segmentBytes: number;
  readonly #live: () => Iterable<LogRecord>;
  readonly #compaction: CompactionPart;
  #active: Segment;
  #sealed: Segment[] = [];
  #compacting = false;

  /** @param live Returns all records that must survive a compaction. */
  constructor(
    host: Host,
    name: string,
    segmentBytes: number,
    live: () => Iterable<LogRecord>,
    compaction: CompactionPart = healthyCompaction,
  ) {
    this.#host = host;
    this.#name = name;
    this.#segmentBytes = segmentBytes;
    this.#live = live;
    this.#compaction = compaction;
    this.#active = this.#segment(1);
  }

  /**
   * Reads all segments, the oldest first, and reports damaged entries. Cuts off the entries at the end of the last
   * segment that `choose` does not keep. Must be called before the first append.
   */
  recover(
    choose: (segments: readonly RecoveredSegment[]) => Recovery,
    done: (records: readonly LogRecord[]) => void,
  ): void {
    this.#host.logNames((names) => {
      const numbers = names
        .flatMap((name) => numberOf(this.#name, name) ?? [])
        .sort((a, b) => a - b);
      this.#read(numbers, [], (segments) =>
        this.#resume(numbers, segments, choose(segments), done),
      );
    });
  }

  append(record: LogRecord): void {
    this.#active.log.append(record);
  }

  /** Like HostLog.write, for all records appended so far. */
  write(done: Done): void {
    const segment = this.#active;
    segment.log.write(done);
    if (segment.log.bytes < this.#segmentBytes) return;
    this.#seal();
    segment.log.sync((failure) => {
      if (failure !== null) return this.#halt(failure);
      segment.settled = true;
      this.#compact();
    });
  }

  /** Like HostLog.sync, for all records appended so far, also those in sealed segments. */
  sync(done: Done): void {
    // First syncs the sealed segments of which some data was written but not synced.
    const behind = this.#sealed.find(({ settled }) => !settled);
    if (behind !== undefined)
      return behind.log.sync((failure) => (failure === null ? this.sync(done) : done(failure)));
    const segment = this.#active;
    const isFull = segment.log.bytes >= this.#segmentBytes;
    segment.log.sync((failure) => {
      // Even if the disk is full, the data from before the failed batch is durable.
      const isSettled = isFull && (failure === null || failure.full);
      if (isSettled) segment.settled = true;
      done(failure);
      if (isSettled) this.#compact();
    });
    if (isFull) this.#seal();
  }

  #read(
    numbers: readonly number[],
    read: readonly RecoveredSegment[],
    done: (segments: readonly RecoveredSegment[]) => void,
  ): void {
    const number = numbers[read.length];
    if (number === undefined) return done(read);
    const segment = this.#segment(number);
    segment.log.recover((entries) => {
      const isLast = read.length === numbers.length - 1;
      const sealed = !isLast || isSnapshot(number) || segment.log.bytes >= this.#segmentBytes;
      segment.settled = true;
      this.#sealed.push(segment);
      this.#read(
        numbers,
        [...read, { name: segmentName(this.#name, number), sealed, entries }],
        done,
      );
    });
  }

  #resume(
    numbers: readonly number[],
    segments: readonly RecoveredSegment[],
    { records, keepEntries }: Recovery,
    done: (records: readonly LogRecord[]) => void,
  ): void {
    const last = segments.at(-1);
    const number = numbers.at(-1);
    if (last === undefined || number === undefined) return done(records);
    const cutOff = last.entries.length - keepEntries;
    for (const { name, entries } of segments) {
      const damaged = entries.filter((entry) => !entry.whole).length;
      const cut = name === last.name ? cutOff : 0;
      if (damaged > 0)
        this.#host.explain({
          what: "log damaged",
          detail: `in ${damaged} of ${entries.length} entries; the node cuts ${cut === 1 ? "1 entry" : `${cut} entries`} off the end of ${name}`,
        });
    }
    if (last.sealed) this.#active = this.#segment(number + (isSnapshot(number) ? 1 : 2));
    else {
      this.#active = this.#sealed.pop() ?? this.#active;
      // It gets new records, which a sync must wait for once the segment is sealed.
      this.#active.settled = false;
    }
    if (cutOff <= 0) return done(records);
    this.#segment(number).log.cut(keepEntries, (error) => {
      if (error === null) done(records);
      else this.#host.halt(`the torn tail of ${last.name} could not be cut off: ${error.message}`);
    });
  }

  #seal(): void {
    this.#sealed.push(this.#active);
    this.#active = this.#segment(this.#active.number + 2);
  }

  #compact(): void {
    // Stops at the first segment whose sync is under way: its data may be missing in the snapshot, and later segments
    // may hold the tombstones for that data.
    const unsettled = this.#sealed.findIndex(({ settled }) => !settled);
    const replaced = this.#sealed.slice(0, unsettled === -1 ? undefined : unsettled);
    const newest = replaced.at(-1);
    if (newest === undefined || !this.#compaction.begins(this.#compacting)) return;
    const bytes = (those: readonly Segment[]): number =>
      those.reduce((sum, { log }) => sum + log.bytes, 0);
    const before = bytes(replaced.filter(({ number }) => isSnapshot(number)));
    if (bytes(replaced) - before < Math.max(segmentsBetween * this.#segmentBytes, before)) return;
    this.#compacting = true;
    const snapshot = this.#segment(newest.number + 1);
    let records = 0;
    const rest = this.#compaction.snapshot(this.#live())[Symbol.iterator]();
    const chunk = (failure: LogFailure | null): void => {
      if (failure !== null) return this.#giveUp(snapshot, failure);
      for (let i = 0; i < chunkRecords; i++) {
        const next = rest.next();
        if (next.done === true) {
          if (this.#compaction.removesReplaced(false)) this.#remove(replaced);
          return snapshot.log.sync((syncFailure) =>
            syncFailure === null
              ? this.#switch(snapshot, replaced, records)
              : this.#giveUp(snapshot, syncFailure),
          );
        }
        snapshot.log.append(next.value);
        records++;
      }
      snapshot.log.write(chunk);
    };
    chunk(null);
  }

  /** Replaces the old segments by the synced snapshot. Recovery no longer needs the old ones. */
  #switch(snapshot: Segment, replaced: readonly Segment[], records: number): void {
    snapshot.settled = true;
    this.#sealed = [
      ...(records > 0 ? [snapshot] : []),
      ...this.#sealed.filter((segment) => !replaced.includes(segment)),
    ];
    this.#host.explain({
      what: "log compacted",
      detail: `${records} records in ${segmentName(this.#name, snapshot.number)} in place of ${replaced.length} segments`,
    });
    this.#remove(this.#compaction.removesReplaced(true) ? replaced : []);
  }

  #remove([oldest, ...rest]: readonly Segment[]): void {
    if (oldest === undefined) {
      this.#compacting = false;
      return;
    }
    const name = segmentName(this.#name, oldest.number);
    this.#host.removeLog(name, (error) => {
      if (error === null) this.#remove(rest);
      else this.#host.halt(`the segment ${name} could not be deleted: ${error.message}`);
    });
  }

  /**
   * Deletes the partial snapshot after the disk was full. It only takes space, and the old segments are still complete.
   */
  #giveUp(snapshot: Segment, failure: LogFailure): void {
    if (!failure.full) return this.#halt(failure);
    const name = segmentName(this.#name, snapshot.number);
    this.#host.explain({ what: "compaction given up", detail: failure.message });
    this.#host.removeLog(name, (error) => {
      if (error !== null)
        this.#host.halt(`the segment ${name} could not be deleted: ${error.message}`);
      this.#compacting = false;
    });
  }

  #halt(failure: LogFailure): void {
    this.#host.halt(
      `the log could not be written or synced, so what it holds is not known: ${failure.message}`,
    );
  }

  #segment(number: number): Segment {
    return { number, log: this.#host.log(segmentName(this.#name, number)), settled: false };
  }
}

const digits = 8;

/** The name of segment `number` of a log. */
export const segmentName = (log: string, number: number): string =>
  `${log}-${String(number).padStart(digits, "0")}`;

const isSnapshot = (number: number): boolean => number % 2 === 0;

function numberOf(log: string, name: string): number | null {
  const text = name.slice(log.length + 1);
  return name.startsWith(`${log}-`) && /^\d+$/.test(text) ? Number(text) : null;
}
