/**
 * A log in one file. Appended entries wait in memory. A write passes them to the kernel, and a sync also makes them
 * durable on the disk.
 */
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
  /** Whether this boot is still alive. Once it has ended, no callback is called any more. */
  live(): boolean;
  /**
   * Called before the callbacks of the sync: all these entries are durable now. `recovered` is true for the sync at the
   * end of recovery.
   */
  synced(written: readonly EncodedEntries[], recovered?: true): void;
  /** Called when recovery cannot open, read or sync the file. */
  failed(error: Error): void;
}

export interface LogFile extends HostLog {
  /** Drops the entries that wait in memory. A write that is under way may still reach the disk. */
  close(): void;
}

type Done = (error: Error | null) => void;

interface Waiter {
  readonly sync: boolean;
  readonly done: (failure: LogFailure | null) => void;
}

/** Syncs a folder, so that the creation and deletion of its files survive a power loss. Throws if that fails. */
export const fsyncDirectory = (path: string): void => {
  const directory = openSync(path, "r");
  fsyncSync(directory);
  closeSync(directory);
};

/** Writes all bytes, even if the kernel accepts only some of them at a time. */
const writeAll = (file: number, bytes: Buffer, done: Done): void => {
  write(file, bytes, 0, bytes.length, null, (error, written) => {
    if (error !== null) done(error);
    else if (written === bytes.length) done(null);
    else writeAll(file, bytes.subarray(written), done);
  });
};

/**
 * The last intact record of each key in a recovered log; hints count separately for each target. Recovery does not know
 * which entries an earlier boot had synced, so its own sync makes all of them durable. The newest state of a key
 * includes the older ones.
 */
const newestOf = (entries: readonly RecoveredEntry[]): EncodedEntries => {
  const newest = new Map<string, LogRecord>();
  for (const entry of entries)
    if (entry.whole)
      newest.set(JSON.stringify([entry.record.key, entry.record.hint?.target]), entry.record);
  return encodeEntries([...newest.values()]);
};

/** Whether the error means a full disk or an exhausted quota. */
const isFull = (error: Error): boolean =>
  ["ENOSPC", "EDQUOT"].includes((error as NodeJS.ErrnoException).code ?? "");

/** Opens the log in the file at `path`. If the file is missing, the first write creates it and syncs its folder. */
export const openLogFile = (path: string, events: LogFileEvents): LogFile => {
  let file: number | null = null;
  let entryEnds: readonly number[] = [];
  /** The size of the file up to the last complete batch. */
  let wholeBytes = 0;
  const pending = createEntryEncoder();
  /** The size of the batch that is being written. */
  let roundBytes = 0;
  /** The entries that were written since the last sync. */
  let unsynced: EncodedEntries[] = [];
  let waiting: Waiter[] = [];
  let busy = false;
  // After a failed sync the kernel may have dropped the data, and may report success for the next sync. So the log
  // stays failed, also after a failed write, unless the disk was only full.
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

  /**
   * Removes a batch that a full disk cut off, and syncs the removal. Only then is it certain that no part of the batch
   * stays.
   */
  const cutBack = (full: Error, to: number, done: (outcome: LogFailure) => void): void => {
    const failed = (error: Error): void =>
      done({
        full: false,
        message: `${full.message}; cutting the file back failed too: ${error.message}`,
      });
    if (file === null) return done({ full: true, message: full.message });
    const open = file;
    ftruncate(open, to, (error) => {
      if (error !== null) return failed(error);
      fsync(open, (syncError) =>
        syncError === null ? done({ full: true, message: full.message }) : failed(syncError),
      );
    });
  };

  /**
   * Writes all entries appended so far for all callers that wait, and syncs them if one of the callers asked for it.
   * Later callers join the next round, so callbacks come in order.
   */
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
    // The result does not matter: the boot has ended, and the end of the process closes the file too.
    if (file !== null) close(file, () => {});
    file = null;
  };

  /** Wraps a callback so that it runs only while the boot is alive. */
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
        // If the process of the last boot was killed, the content may be only in the kernel's memory. So it is synced
        // now.
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
      // If a write is under way, it still needs the file. It closes the file itself when it ends.
      if (!busy) closeFile();
    },
  };
};
