/** Group commit: while one sync is under way the next records gather, and one more sync serves them all. */
import type { Host, HostLog } from "./host.ts";
import type { LogRecord } from "./records.ts";

export class CommitLog {
  readonly #host: Host;
  readonly #log: HostLog;
  #waiting: (() => void)[] = [];
  #syncing = false;

  constructor(host: Host, log: HostLog) {
    this.#host = host;
    this.#log = log;
  }

  /** `durable` is called once the record is synced, in the order of the writes; never if the sync fails, which halts the node. */
  write(record: LogRecord, durable: () => void): void {
    this.#log.append(record);
    this.#waiting.push(durable);
    if (!this.#syncing) this.#sync();
  }

  #sync(): void {
    const served = this.#waiting;
    this.#waiting = [];
    this.#syncing = true;
    this.#log.sync((error) => {
      if (error !== null) {
        // After a failed fsync the kernel may have dropped the pages and call the next one a success (fsyncgate, 2018): nothing can be retried.
        this.#host.halt(`the log could not be synced, so what it holds is not known: ${error.message}`);
        return;
      }
      this.#syncing = false;
      for (const durable of served) durable();
      if (this.#waiting.length > 0 && !this.#syncing) this.#sync();
    });
  }
}
