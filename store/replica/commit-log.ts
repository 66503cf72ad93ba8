/**
 * When a record counts as kept. Group commit: while one sync is under way the next records gather, and one more sync
 * serves them all. Each: one sync a record. Periodic: a record counts once the operating system has it, and is synced
 * with all others when the interval ends.
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
  /** Periodic: a sync is due, or under way. */
  #syncDue = false;
  /** Periodic: who asked to hear of the next sync. */
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
   * `durable` is called once the record is kept, in the order of the writes. Or `refused`, if the disk is full: then
   * nothing of the record is in the log, nor of any other that waits behind it. Neither, if the log fails otherwise,
   * which halts the node. Under a periodic log, what is kept survives a crash of the process; a power loss within the
   * interval loses what others count on.
   */
  write(record: LogRecord, durable: () => void, refused: () => void): void {
    this.#waiting.push({ record, durable, refused });
    if (!this.#busy) this.#next();
  }

  /** `done` is called once all that counts as kept by now is synced: at once, but under a periodic log. */
  synced(done: () => void): void {
    if (this.#settings.sync !== "periodic") return done();
    this.#unsynced.push(done);
    this.#syncLater();
  }

  /** Nothing waits to be kept, or for the sync of an interval. */
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

  /** What waits was built on what failed: it cannot be kept without it. */
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
      // What is written while this sync is under way waits for the next interval.
      this.#syncDue = false;
      const waiting = this.#unsynced.splice(0);
      this.#log.sync((failure) => {
        if (failure === null) for (const done of waiting) done();
        else if (failure.full) {
          // What was written with it was refused, and what was written before still waits for its fsync.
          this.#unsynced.push(...waiting);
          this.#syncLater();
        } else this.#halt(failure.message);
      });
    });
  }

  /**
   * After a failed fsync the kernel may have dropped the pages and call the next one a success (fsyncgate, 2018):
   * nothing can be retried.
   */
  #halt(message: string): void {
    this.#host.halt(`the log could not be synced, so what it holds is not known: ${message}`);
  }
}
