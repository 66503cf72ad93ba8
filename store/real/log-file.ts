/** A log in one file: appended entries wait in memory, a write hands them to the kernel, a sync fsyncs them too. */
import {
  close,
  closeSync,
  fdatasync,
  fstat,
  fsync,
  fsyncSync,
  ftruncate,
  open,
  openSync,
  readFile,
  write,
} from "node:fs";
import { dirname } from "node:path";
import type { HostLog, LogFailure, RecoveredEntry } from "../host.ts";
import type { LogRecord } from "../versions/records.ts";
import { createEntryEncoder, decodeLog, encodeEntries, type EncodedEntries } from "./log-format.ts";

export interface LogFileEvents {
  /** False: this boot is over, and nobody is called any more. */
  live(): boolean;
  /** These are durable now. Called before the syncs' own callbacks. */
  synced(written: readonly EncodedEntries[], recovered?: true): void;
  /** The file cannot be read. */
  failed(error: Error): void;
}

export interface LogFile extends HostLog {
  /** Forgets what waits in memory. A write under way may still end on disk. */
  close(): void;
}

type Done = (error: Error | null) => void;

interface Waiter {
  readonly sync: boolean;
  readonly done: (failure: LogFailure | null) => void;
}

/** fsync of a directory: what was made or deleted in it is so after a power loss too. Throws. */
export const fsyncDirectory = (path: string): void => {
  const directory = openSync(path, "r");
  fsyncSync(directory);
  closeSync(directory);
};

/** One write() for all of it; the rest, where the kernel took only a part. */
const writeAll = (file: number, bytes: Buffer, done: Done): void => {
  write(file, bytes, 0, bytes.length, null, (error, written) => {
    if (error !== null) done(error);
    else if (written === bytes.length) done(null);
    else writeAll(file, bytes.subarray(written), done);
  });
};

/**
 * What a recovered log holds of each key, and of each key for each other node: nobody knows which of it an earlier boot
 * had synced, so the sync of recovery is what shows that it is durable. Older states of a key are part of the newest.
 */
const newestOf = (entries: readonly RecoveredEntry[]): EncodedEntries => {
  const newest = new Map<string, LogRecord>();
  for (const entry of entries)
    if (entry.whole)
      newest.set(JSON.stringify([entry.record.key, entry.record.hint?.target]), entry.record);
  return encodeEntries([...newest.values()]);
};

/** What a full disk, or a spent quota, says. */
const isFull = (error: Error): boolean =>
  ["ENOSPC", "EDQUOT"].includes((error as NodeJS.ErrnoException).code ?? "");

/** The file is made by the first entry that is written, durably. */
export const openLogFile = (path: string, events: LogFileEvents): LogFile => {
  let file: number | null = null;
  let entryEnds: readonly number[] = [];
  /** What the file holds that must stay: whole entries. */
  let wholeBytes = 0;
  const pending = createEntryEncoder();
  /** Of the round under way, until it ends. */
  let roundBytes = 0;
  /** Written since the last fsync. */
  let unsynced: EncodedEntries[] = [];
  let waiting: Waiter[] = [];
  let busy = false;
  // After a failed fsync the kernel may have dropped the dirty pages and report success the next time: it stays failed.
  let failure: LogFailure | null = null;

  const withFile = (done: (error: Error | null, file: number) => void): void => {
    if (file !== null) return done(null, file);
    open(path, "a", (error, opened) => {
      if (error !== null) return done(error, -1);
      file = opened;
      fstat(opened, (statError, stats) => {
        if (statError !== null) return done(statError, opened);
        wholeBytes = stats.size;
        try {
          if (stats.size === 0) fsyncDirectory(dirname(path));
          done(null, opened);
        } catch (syncError) {
          done(syncError as Error, opened);
        }
      });
    });
  };

  /** The partial entry of a full disk is cut back, durably: only then it is certain that nothing of the batch stays. */
  const cutBack = (full: Error, to: number, done: (outcome: LogFailure) => void): void => {
    const failed = (error: Error): void =>
      done({ full: false, message: `${full.message}; and cutting it back: ${error.message}` });
    if (file === null) return done({ full: true, message: full.message });
    const open = file;
    ftruncate(open, to, (error) => {
      if (error !== null) return failed(error);
      fsync(open, (syncError) =>
        syncError === null ? done({ full: true, message: full.message }) : failed(syncError),
      );
    });
  };

  /** Everything appended so far, for everybody who waits: later ones join the next round, so they finish in order. */
  const round = (): void => {
    busy = true;
    const batch = pending.take();
    const { bytes } = batch;
    const waiters = waiting;
    waiting = [];
    roundBytes = bytes.length;
    const finish = (outcome: LogFailure | null): void => {
      busy = false;
      roundBytes = 0;
      if (outcome?.full === false) failure = outcome;
      if (!events.live()) return closeFile();
      for (const { done } of waiters) done(outcome);
      if (waiting.length > 0 && !busy) round();
    };
    const syncAll = (open: number): void => {
      fdatasync(open, (error) => {
        if (error !== null) return finish({ full: false, message: error.message });
        const synced = unsynced;
        unsynced = [];
        if (events.live() && synced.length > 0) events.synced(synced);
        finish(null);
      });
    };
    if (failure !== null) return void setImmediate(finish, failure);
    if (bytes.length === 0 && (unsynced.length === 0 || !waiters.some(({ sync }) => sync)))
      return void setImmediate(finish, null);
    withFile((openError, open) => {
      const failed = (error: Error): void =>
        isFull(error)
          ? cutBack(error, wholeBytes, finish)
          : finish({ full: false, message: error.message });
      if (openError !== null) return failed(openError);
      writeAll(open, bytes, (error) => {
        if (error !== null) return failed(error);
        wholeBytes += bytes.length;
        if (bytes.length > 0) unsynced.push(batch);
        if (waiters.some(({ sync }) => sync)) syncAll(open);
        else finish(null);
      });
    });
  };

  const closeFile = (): void => {
    // Nothing is left to do with a boot that is over; the process, or its kernel, closes what this does not.
    if (file !== null) close(file, () => {});
    file = null;
  };

  /** For what is answered once. */
  const whileLive =
    (done: Done): Done =>
    (error) => {
      if (events.live()) done(error);
    };

  const wait = (waiter: Waiter): void => {
    waiting.push(waiter);
    if (!busy) round();
  };

  return {
    get bytes() {
      return wholeBytes + roundBytes + pending.bytes;
    },
    recover: (done) => {
      readFile(path, (error, content) => {
        if (!events.live()) return;
        if (error?.code === "ENOENT") return done([]);
        if (error !== null) return events.failed(error);
        const decoded = decodeLog(content);
        entryEnds = decoded.map((each) => each.endBytes);
        wholeBytes = content.length;
        const entries = decoded.map((each) => each.entry);
        // A killed process may have left it in the kernel's memory only.
        withFile((openError, open) => {
          if (openError !== null) return events.failed(openError);
          fsync(open, (syncError) => {
            if (!events.live()) return;
            if (syncError !== null) return events.failed(syncError);
            const newest = newestOf(entries);
            if (newest.records.length > 0) events.synced([newest], true);
            done(entries);
          });
        });
      });
    },
    cut: (entries, done) => {
      const length = entries === 0 ? 0 : entryEnds[entries - 1];
      const finish = whileLive(done);
      if (length === undefined)
        return void setImmediate(
          finish,
          new Error(`cannot keep ${entries} entries of a log that has ${entryEnds.length}`),
        );
      withFile((openError, open) => {
        if (openError !== null) return finish(openError);
        ftruncate(open, length, (error) => {
          wholeBytes = length;
          if (error === null) fsync(open, finish);
          else finish(error);
        });
      });
    },
    append: (record) => pending.append(record),
    write: (done) => wait({ sync: false, done }),
    sync: (done) => wait({ sync: true, done }),
    close: () => {
      pending.take();
      waiting = [];
      // A write under way still needs the file; it closes it when it finds that the boot is over.
      if (!busy) closeFile();
    },
  };
};
