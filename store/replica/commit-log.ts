/**
 * When a record counts as kept. Group commit: records that arrive during a sync share the next one. Each: one sync for
 * each record. Periodic: a record counts once the operating system has it, and is synced with the others at the end of
 * the interval.
 */
import type { Host, LogFailure } from "../host.ts";
import type { LogRecord } from "../versions/records.ts";
import type { SegmentedLog } from "./segments.ts";
import type { StoreSettings } from "../settings.ts";

interface Waiting {
  readonly record: LogRecord;
  readonly durable: () => void;
  readonly refused: () => void;
}

export class CommitLog {
  readonly #host: Host;
  readonly #log: Pick<SegmentedLog, "append" | "write" | "sync">;
  readonly #settings: Pick<StoreSettings, "sync" | "syncIntervalMs">;
  #waiting: Waiting[] = [];
  #busy = false;
  /** Periodic: the timer of the next sync is running. */
  #syncDue = false;
  /** Periodic: callbacks for the next sync. */
  readonly #unsynced: (() => void)[] = [];

  constructor(
    host: Host,
    log: Pick<SegmentedLog, "append" | "write" | "sync">,
    settings: Pick<StoreSettings, "sync" | "syncIntervalMs">,
  ) {
    this.#host = host;
    this.#log = log;
    this.#settings = settings;
  }

  /**
   * Calls `durable` once the record is kept, in the order of writes. Calls `refused` if the disk is full: then neither
   * the record nor any that waits behind it is in the log. Calls neither if the log fails otherwise, which halts the
   * node. With a periodic log, kept records survive a crash of the process, and a power loss within the interval loses
   * them.
   */
  write(record: LogRecord, durable: () => void, refused: () => void): void {
    this.#waiting.push({ record, durable, refused });
    if (!this.#busy) this.#next();
  }

  /** Calls `done` once everything that counts as kept is synced: at once, except with a periodic log. */
  synced(done: () => void): void {
    if (this.#settings.sync !== "periodic") return done();
    this.#unsynced.push(done);
    this.#syncLater();
  }

  /** Whether no record waits to be kept, and no timer of a periodic sync is running. */
  get isIdle(): boolean {
    return !this.#busy && !this.#syncDue;
  }

  #next(): void {
    const { sync } = this.#settings;
    const served = sync === "each" ? this.#waiting.splice(0, 1) : this.#waiting;
    if (served === this.#waiting) this.#waiting = [];
    this.#busy = true;
    for (const { record } of served) this.#log.append(record);
    const finish = (failure: LogFailure | null): void => {
      if (failure !== null && !failure.full) return this.#halt(failure.message);
      this.#busy = false;
      if (failure === null) {
        for (const { durable } of served) durable();
        if (sync === "periodic") this.#syncLater();
      } else this.#refuse(served, failure.message);
      if (this.#waiting.length > 0 && !this.#busy) this.#next();
    };
    if (sync === "periodic") this.#log.write(finish);
    else this.#log.sync(finish);
  }

  /** Waiting records build on the failed one, so they cannot be kept without it. */
  #refuse(served: readonly Waiting[], why: string): void {
    const refused = [...served, ...this.#waiting];
    this.#waiting = [];
    this.#host.explain({ what: "disk full", detail: `${refused.length} records refused: ${why}` });
    for (const one of refused) one.refused();
  }

  #syncLater(): void {
    if (this.#syncDue) return;
    this.#syncDue = true;
    this.#host.setTimer(this.#settings.syncIntervalMs, () => {
      // Records written during this sync wait for the next interval.
      this.#syncDue = false;
      const waiting = this.#unsynced.splice(0);
      this.#log.sync((failure) => {
        if (failure === null) for (const done of waiting) done();
        else if (failure.full) {
          // The records of this batch were refused, but earlier ones still wait for their fsync.
          this.#unsynced.push(...waiting);
          this.#syncLater();
        } else this.#halt(failure.message);
      });
    });
  }

  /**
   * After a failed fsync the kernel may have dropped the pages and report success for the next one (fsyncgate, 2018),
   * so nothing can be retried.
   */
  #halt(message: string): void {
    this.#host.halt(`the log could not be synced, so what it holds is not known: ${message}`);
  }
}
