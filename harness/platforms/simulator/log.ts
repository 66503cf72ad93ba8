/** One boot's view of one log on its machine's disk. */
import type { DurableRecord } from "../../../checkers/index.ts";
import type { Boot } from "./boot.ts";
import type { Disk } from "./disk.ts";
import type { EventLoop } from "./event-loop.ts";
import type { LogFailure } from "./host-types.ts";
import type { HostLog, LogRecord, Protocol, RecoveredEntry } from "./protocol.ts";

/** A write or a sync under way. */
interface Flush {
  readonly sync: boolean;
  readonly records: readonly LogRecord[];
  readonly doneUs: number;
  readonly done: (failure: LogFailure | null) => void;
}

export class SimLog implements HostLog {
  private readonly loop: EventLoop;
  private readonly protocol: Protocol;
  private readonly boot: Boot;
  private readonly disk: Disk;
  private readonly name: string;
  private appended: LogRecord[] = [];
  private appendedBytes = 0;
  private underWay: Flush[] = [];
  /** Records that this boot wrote and has not synced yet. */
  private unsynced: LogRecord[] = [];
  private lastDoneUs = 0;

  constructor(loop: EventLoop, protocol: Protocol, boot: Boot, disk: Disk, name: string) {
    this.loop = loop;
    this.protocol = protocol;
    this.boot = boot;
    this.disk = disk;
    this.name = name;
  }

  get bytes(): number {
    return (this.disk.file(this.name)?.bytes ?? 0) + this.appendedBytes;
  }

  recover(done: (entries: readonly RecoveredEntry[]) => void): void {
    const read = (): void => {
      // After a kill of the process, some entries may be only in the operating system.
      const file = this.disk.file(this.name);
      const left =
        file?.entries.slice(file.synced).flatMap((entry) => (entry.whole ? [entry.record] : [])) ??
        [];
      this.disk.sync(this.name);
      this.showRecovered(file?.entries ?? [], left);
      if (!this.boot.revoked) done(this.disk.file(this.name)?.entries.slice() ?? []);
    };
    const length = this.disk.file(this.name)?.entries.length ?? 0;
    this.loop.schedule(this.loop.nowUs + this.disk.syncUs() + length, this.boot, read, null, null);
  }

  cut(entries: number, done: (error: Error | null) => void): void {
    const truncate = (): void => {
      this.disk.cut(this.name, entries);
      done(null);
    };
    this.loop.schedule(this.loop.nowUs + this.disk.syncUs(), this.boot, truncate, null, null);
  }

  append(record: LogRecord): void {
    this.appended.push(record);
    this.appendedBytes += this.protocol.recordBytes(record);
  }

  write(done: Flush["done"]): void {
    this.flush(false, this.disk.writeUs(), done);
  }

  sync(done: Flush["done"]): void {
    this.flush(true, this.disk.syncUs(), done);
  }

  /** Ends the oldest flush under way. */
  finish(): void {
    const flush = this.underWay.shift();
    if (flush === undefined) return;
    if (!this.disk.fits(flush.records)) {
      this.forget(flush.records);
      return flush.done({ full: true, message: "no space left on the disk" });
    }
    const isFirst = flush.records.length > 0 && this.disk.file(this.name) === null;
    this.land(flush);
    const { triggers } = this.boot;
    if (isFirst && triggers.watching) triggers.logFile("log-begun");
    if (this.boot.revoked) return;
    if (flush.sync) {
      const synced = this.unsynced;
      this.unsynced = [];
      this.show(synced);
      if (this.boot.revoked) return;
    }
    if (this.boot.paused) this.loop.schedule(this.loop.nowUs, this.boot, flush.done, null, null);
    else flush.done(null);
  }

  /** Records evidence that these records are durable. A fault may strike exactly now. */
  private show(records: readonly LogRecord[]): void {
    if (records.length === 0) return;
    const { recorder, triggers } = this.boot;
    if (recorder.recording)
      recorder.synced(this.describe(records), this.protocol.hashRecords(records));
    if (triggers.watching) triggers.synced(this.describe(records));
  }

  /**
   * Records as evidence, for each key and for each node's hints of a key, the newest whole record as read back. `left`
   * are the records that no earlier boot had synced.
   */
  private showRecovered(entries: readonly RecoveredEntry[], left: readonly LogRecord[]): void {
    const { recorder, triggers } = this.boot;
    if (recorder.recording) {
      const newest = new Map<string, LogRecord>();
      for (const entry of entries) {
        if (!entry.whole) continue;
        const { key, hintFor = "" } = this.protocol.describeRecord(entry.record);
        newest.set(`${key} ${hintFor}`, entry.record);
      }
      const records = [...newest.values()];
      if (records.length > 0)
        recorder.synced(this.describe(records), this.protocol.hashRecords(records), true);
    }
    if (!triggers.watching) return;
    if (left.length > 0) triggers.synced(this.describe(left));
    if (entries.length > 0 && !this.boot.revoked) triggers.logFile("recovering");
  }

  private describe(records: readonly LogRecord[]): DurableRecord[] {
    return records.map((record) => this.protocol.describeRecord(record));
  }

  /**
   * Handles the end of the process. Records that were only appended are lost. Of the unfinished flushes, the operating
   * system gets a random prefix, if all of them fit on the disk.
   */
  die(): void {
    const finished = this.underWay.filter((flush) => flush.doneUs <= this.loop.nowUs);
    for (const flush of finished) if (this.disk.fits(flush.records)) this.land(flush);
    const unfinished = this.underWay.slice(finished.length).flatMap((flush) => flush.records);
    if (unfinished.length > 0 && this.disk.fits(unfinished))
      this.disk.write(
        this.name,
        unfinished.slice(0, this.disk.random.between(0, unfinished.length)),
      );
    this.underWay = [];
    this.appended = [];
  }

  private flush(sync: boolean, tookUs: number, done: Flush["done"]): void {
    // Flushes finish in order, so a later flush waits for earlier ones.
    this.lastDoneUs = Math.max(this.lastDoneUs, this.loop.nowUs + tookUs);
    this.underWay.push({ sync, records: this.appended, doneUs: this.lastDoneUs, done });
    this.appended = [];
    this.loop.schedule(this.lastDoneUs, this.boot, finishFlush, this, null);
    const { triggers, revoked } = this.boot;
    if (
      sync &&
      triggers.watching &&
      !revoked &&
      (this.unsynced.length > 0 || this.underWay.some(({ records }) => records.length > 0))
    )
      triggers.syncing();
  }

  private land(flush: Flush): void {
    this.disk.write(this.name, flush.records);
    this.forget(flush.records);
    for (const record of flush.records) this.unsynced.push(record);
    if (flush.sync) this.disk.sync(this.name);
  }

  private forget(records: readonly LogRecord[]): void {
    for (const record of records) this.appendedBytes -= this.protocol.recordBytes(record);
  }
}

const finishFlush = (log: SimLog): void => log.finish();
