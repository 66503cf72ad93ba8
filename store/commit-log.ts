/**
 * When a record counts as kept. Group commit: while one sync is under way the next records gather, and one more sync serves them all.
 * Each: one sync a record. Periodic: a record counts at once, and is synced with all others when the interval ends.
 */
import type { Host, HostLog } from "./host.ts";
import type { LogRecord } from "./records.ts";
import type { StoreSettings } from "./settings.ts";

interface Waiting {
  readonly record: LogRecord;
  readonly durable: () => void;
}

export class CommitLog {
  readonly #host: Host;
  readonly #log: HostLog;
  readonly #settings: Pick<StoreSettings, "sync" | "syncIntervalMs">;
  #waiting: Waiting[] = [];
  #syncing = false;
  /** Periodic: who asked to hear of the next sync. */
  #unsynced: (() => void)[] = [];

  constructor(host: Host, log: HostLog, settings: Pick<StoreSettings, "sync" | "syncIntervalMs">) {
    this.#host = host;
    this.#log = log;
    this.#settings = settings;
  }

  /**
   * `durable` is called once the record is synced, in the order of the writes; never if the sync fails, which halts the node. Under a
   * periodic log it is called at once: from then on a crash within the interval loses what others count on.
   */
  write(record: LogRecord, durable: () => void): void {
    if (this.#settings.sync === "periodic") return this.#writePeriodic(record, durable);
    this.#waiting.push({ record, durable });
    if (!this.#syncing) this.#sync();
  }

  /** `done` is called once all that counts as kept by now is synced: at once, but under a periodic log. */
  synced(done: () => void): void {
    if (this.#settings.sync !== "periodic") return done();
    this.#unsynced.push(done);
    this.#startInterval();
  }

  #writePeriodic(record: LogRecord, durable: () => void): void {
    this.#log.append(record);
    this.#startInterval();
    durable();
  }

  #startInterval(): void {
    if (this.#syncing) return;
    this.#syncing = true;
    this.#host.setTimer(this.#settings.syncIntervalMs, () => {
      // What is appended while this sync is under way waits for the next interval.
      this.#syncing = false;
      const waiting = this.#unsynced.splice(0);
      this.#log.sync((error) => {
        if (!this.#haltOn(error)) for (const done of waiting) done();
      });
    });
  }

  #sync(): void {
    const served = this.#settings.sync === "each" ? this.#waiting.splice(0, 1) : this.#waiting;
    if (served === this.#waiting) this.#waiting = [];
    this.#syncing = true;
    for (const { record } of served) this.#log.append(record);
    this.#log.sync((error) => {
      if (this.#haltOn(error)) return;
      this.#syncing = false;
      for (const { durable } of served) durable();
      if (this.#waiting.length > 0 && !this.#syncing) this.#sync();
    });
  }

  /** After a failed fsync the kernel may have dropped the pages and call the next one a success (fsyncgate, 2018): nothing can be retried. */
  #haltOn(error: Error | null): boolean {
    if (error !== null) this.#host.halt(`the log could not be synced, so what it holds is not known: ${error.message}`);
    return error !== null;
  }
}
