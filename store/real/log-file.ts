/** A log in one file: appended entries wait in memory, a sync writes and fsyncs them. */
import { closeSync, fdatasync, fsync, fsyncSync, ftruncate, openSync, readFile, write } from "node:fs";
import { dirname } from "node:path";
import type { HostLog } from "../host.ts";
import type { LogRecord } from "../records.ts";
import { decodeLog, encodeEntry } from "./log-format.ts";

export interface LogFileEvents {
  /** False: this boot is over, and nobody is called any more. */
  live(): boolean;
  /** These records are durable now; `written` is what the file holds of them. Called before the syncs' own callbacks. */
  synced(records: readonly LogRecord[], written: Buffer): void;
  /** The file cannot be read. */
  failed(error: Error): void;
}

export interface LogFile extends HostLog {
  /** Forgets what waits in memory. A write under way may still end on disk. */
  close(): void;
}

type Done = (error: Error | null) => void;

const fsyncDirectory = (path: string): void => {
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

/** Opens the log, made durably if it does not exist. Throws where that fails. */
export const openLogFile = (path: string, events: LogFileEvents): LogFile => {
  const file = openSync(path, "a+");
  fsyncDirectory(dirname(path));
  let entryEnds: readonly number[] = [];
  let pending: { readonly record: LogRecord; readonly bytes: Buffer }[] = [];
  let waiting: Done[] = [];
  let busy = false;
  // After a failed fsync the kernel may have dropped the dirty pages and report success the next time: it stays failed.
  let failure: Error | null = null;

  /** Everything appended so far, for every sync that waits: later syncs join the next round, so they finish in order. */
  const round = (): void => {
    busy = true;
    const batch = pending;
    const callbacks = waiting;
    pending = [];
    waiting = [];
    const bytes = Buffer.concat(batch.map((entry) => entry.bytes));
    const finish = (error: Error | null): void => {
      busy = false;
      failure ??= error;
      if (!events.live()) return closeSync(file);
      if (failure === null && batch.length > 0) events.synced(batch.map((entry) => entry.record), bytes);
      for (const done of callbacks) done(failure);
      if (waiting.length > 0 && !busy) round();
    };
    if (failure !== null || batch.length === 0) setImmediate(finish, null);
    else writeAll(file, bytes, (error) => (error === null ? fdatasync(file, finish) : finish(error)));
  };

  /** For what is answered once. */
  const whileLive = (done: Done): Done => (error) => {
    if (events.live()) done(error);
  };

  return {
    recover: (done) => {
      readFile(path, (error, content) => {
        if (!events.live()) return;
        if (error !== null) return events.failed(error);
        const decoded = decodeLog(content);
        entryEnds = decoded.map((each) => each.endBytes);
        done(decoded.map((each) => each.entry));
      });
    },
    cut: (entries, done) => {
      const length = entries === 0 ? 0 : entryEnds[entries - 1];
      if (length === undefined) return void setImmediate(whileLive(done), new Error(`cannot keep ${entries} entries of a log that has ${entryEnds.length}`));
      ftruncate(file, length, (error) => (error === null ? fsync(file, whileLive(done)) : whileLive(done)(error)));
    },
    append: (record) => {
      pending.push({ record, bytes: encodeEntry(record) });
    },
    sync: (done) => {
      waiting.push(done);
      if (!busy) round();
    },
    close: () => {
      pending = [];
      waiting = [];
      // A write under way still needs the file; it closes it when it finds that the boot is over.
      if (!busy) closeSync(file);
    },
  };
};
