/**
 * Writes a node's records to its log. The setting `sync` says when the log confirms a record. `group`: after a sync;
 * the records that arrive during one sync share the next. `each`: after a sync of its own. `periodic`: once the
 * operating system has the record; a sync begins within `syncIntervalMs`.
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
  /** Periodic log: whether the timer of the next sync is running. */
  #syncDue = false;
  /** Periodic log: the callbacks to call after the next sync. */
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
   * Writes a record, and calls `durable` once the record is synced or, with a periodic log, passed to the operating
   * system. The callbacks come in the order of the calls. If the disk is full, calls `refused`; then neither the record
   * nor any later record that was already waiting is in the log. If the log fails in another way, calls neither and
   * halts the node. With a periodic log, records that the operating system has survive a crash of the process, but a
   * power loss can lose those that no sync has reached yet.
   */
  write(record: LogRecord, durable: () => void, refused: () => void): void {
    this.#waiting.push({ record, durable, refused });
    if (!this.#busy) this.#next();
  }

  /**
   * Calls `done` once every record whose `durable` callback has been called is synced. That is at once, except with a
   * periodic log.
   */
  synced(done: () => void): void {
    if (this.#settings.sync !== "periodic") return done();
    this.#unsynced.push(done);
    this.#syncLater();
  }

  /** Whether no record is being written, and the timer of a periodic log's next sync is not running. */
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

  /** Refuses the records of a failed batch, and also those that wait: they may build on the failed ones. */
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
      // Records written from now on may miss this sync, so they start the timer of the next one.
      this.#syncDue = false;
      const waiting = this.#unsynced.splice(0);
      this.#log.sync((failure) => {
        if (failure === null) for (const done of waiting) done();
        else if (failure.full) {
          // This batch was refused, but records written earlier still wait for their sync.
          this.#unsynced.push(...waiting);
          this.#syncLater();
        } else this.#halt(failure.message);
      });
    });
  }

  /**
   * After a failed sync the kernel may have dropped the data and report success for the next one (fsyncgate, 2018). So
   * the node cannot try again, and halts.
   */
  #halt(message: string): void {
    this.#host.halt(
      `the log could not be written or synced, so what it holds is not known: ${message}`,
    );
  }
}
