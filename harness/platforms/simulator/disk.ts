/**
 * A node's virtual disk, which outlives boots. Each log has a part on the disk and a part that only the operating
 * system holds. A kill of the process keeps both parts. A power loss keeps only a random beginning of the second part.
 */
import type { DiskDamage } from "../../../generators/index.ts";
import { slowSyncMs } from "../cluster.ts";
import type { LogRecord, Protocol, RecoveredEntry } from "./protocol.ts";
import type { Random } from "./random.ts";

/** One log as it lies on the disk. */
export interface SimFile {
  readonly entries: RecoveredEntry[];
  /** The number of entries that certainly survive a power loss. */
  synced: number;
  bytes: number;
}

export class Disk {
  readonly random: Random;
  private readonly files = new Map<string, SimFile>();
  private copy: ReadonlyMap<string, SimFile> = new Map();
  /** The free space in bytes. Infinity unless a fault has filled the disk. */
  private room = Infinity;
  private slow = false;

  private readonly protocol: Protocol;

  constructor(random: Random, protocol: Protocol) {
    this.random = random;
    this.protocol = protocol;
  }

  /** The sorted names of all logs. */
  names(): string[] {
    return [...this.files.keys()].sort();
  }

  /** The content of a log, or null if the log does not exist. */
  file(name: string): SimFile | null {
    return this.files.get(name) ?? null;
  }

  fits(records: readonly LogRecord[]): boolean {
    return (
      records.length === 0 ||
      this.room === Infinity ||
      records.reduce<number>((sum, record) => sum + this.protocol.recordBytes(record), 0) <=
        this.room
    );
  }

  /** Writes records to the operating system. There must be room for them. */
  write(name: string, records: readonly LogRecord[]): void {
    if (records.length === 0) return;
    let file = this.files.get(name);
    if (file === undefined) this.files.set(name, (file = { entries: [], synced: 0, bytes: 0 }));
    for (const record of records) {
      file.entries.push({ whole: true, record });
      const bytes = this.protocol.recordBytes(record);
      file.bytes += bytes;
      this.room -= bytes;
    }
  }

  /** Makes everything in the log survive a power loss, as fsync does. */
  sync(name: string): void {
    const file = this.files.get(name);
    if (file !== undefined) file.synced = file.entries.length;
  }

  cut(name: string, entries: number): void {
    const file = this.files.get(name);
    if (file !== undefined) this.replace(name, file.entries.slice(0, entries));
  }

  remove(name: string): void {
    this.room += this.files.get(name)?.bytes ?? 0;
    this.files.delete(name);
  }

  /** Leaves at most 250 bytes of free space, or unlimited space again. */
  setFull(isFull: boolean): void {
    if (isFull === this.room < Infinity) return;
    this.room = isFull ? this.random.between(0, 250) : Infinity;
  }

  setSlow(isSlow: boolean): void {
    this.slow = isSlow;
  }

  /**
   * Loses power: unsynced data survives only up to a random byte. That byte often lies inside a record, since appends
   * are not atomic (Pillai et al., All File Systems Are Not Created Equal, OSDI 2014). Called only while no process
   * runs on the machine.
   */
  losePower(): void {
    for (const name of this.names()) {
      const { entries, synced } = this.file(name) ?? { entries: [], synced: 0 };
      const unsynced = entries.length - synced;
      if (unsynced === 0) continue;
      const reached = this.random.oneIn(4) ? 0 : this.random.between(0, unsynced);
      const next = entries[synced + reached];
      const half = next?.whole === true && !this.random.oneIn(4) ? [this.torn(next.record)] : [];
      const left = [...entries.slice(0, synced + reached), ...half];
      if (left.length > 0) this.replace(name, left);
      else this.remove(name);
    }
  }

  /** Copies the current content, to which the damage `restore` returns. */
  keepCopy(): void {
    this.copy = new Map(
      [...this.files].map(([name, { entries, bytes }]) => [
        name,
        { entries: [...entries], synced: entries.length, bytes },
      ]),
    );
  }

  /** Deletes everything. Called only while no process runs on the machine. */
  wipe(): void {
    for (const name of this.names()) this.remove(name);
  }

  /**
   * Cuts off part of a log's last entry, so that recovery finds the entry damaged. Throws a RangeError if that entry is
   * missing or already damaged. Called only while no process runs on the machine.
   */
  tear(name: string): void {
    const entries = this.files.get(name)?.entries ?? [];
    const torn = entries.at(-1);
    if (torn?.whole !== true)
      throw new RangeError(
        `expected a whole last entry of the log ${name} to tear, got ${torn === undefined ? "an empty log" : "a damaged one"}`,
      );
    this.replace(name, [...entries.slice(0, -1), this.torn(torn.record)]);
  }

  /**
   * Applies a fault's damage to each log. A log consists of its segments in order. Only `wipe` and `restore` change
   * empty logs. `tear` also leaves a log alone whose last entry is missing or damaged. Called only while no process
   * runs on the machine.
   */
  damage(damage: DiskDamage, atPerMille: number): void {
    if (damage === "wipe") return this.wipe();
    if (damage === "restore") return this.restore();
    for (const segments of this.logs()) {
      const last = segments.at(-1);
      const count = segments.reduce((sum, name) => sum + (this.file(name)?.entries.length ?? 0), 0);
      if (last === undefined || count === 0) continue;
      if (damage === "tear") {
        if (this.file(last)?.entries.at(-1)?.whole === true) this.tear(last);
      } else this.damageAt(segments, Math.floor(((count - 1) * atPerMille) / 1000), damage);
    }
  }

  /**
   * Draws the duration of an fsync, in µs. On a disk that is not slow, it is usually short, and sometimes long because
   * the disk is busy.
   */
  syncUs(): number {
    if (this.slow) return this.random.between(20_000, slowSyncMs * 1000);
    return this.random.oneIn(128)
      ? this.random.between(1_000, 8_000)
      : this.random.between(50, 400);
  }

  /** Draws the duration of a write to the operating system, in µs. */
  writeUs(): number {
    return this.random.between(5, 60);
  }

  private damageAt(segments: readonly string[], place: number, damage: "flip" | "truncate"): void {
    let left = place;
    let found = false;
    for (const name of segments) {
      const entries = this.file(name)?.entries ?? [];
      if (found) this.remove(name);
      else if (left >= entries.length) left -= entries.length;
      else if (damage === "flip") {
        const damaged: RecoveredEntry = {
          whole: false,
          partial: null,
          bytes: this.random.between(8, 80),
          last: left === entries.length - 1,
        };
        return this.replace(name, entries.with(left, damaged));
      } else {
        // The place of a cut rarely lies between two records, so a part of one entry stays.
        this.replace(name, [
          ...entries.slice(0, left),
          { whole: false, partial: null, bytes: this.random.between(1, 40), last: true },
        ]);
        found = true;
      }
    }
  }

  /** For each log: the names of its segments, in order. */
  private logs(): string[][] {
    const logs = new Map<string, string[]>();
    for (const name of this.names()) {
      const log = name.replace(/-\d+$/, "");
      logs.set(log, [...(logs.get(log) ?? []), name]);
    }
    return [...logs.values()];
  }

  private torn(record: LogRecord): RecoveredEntry {
    // The cut lies mostly inside the value at the end of the record. In real stores values are often most of a record,
    // although a history's values have only a few bytes.
    const whole = this.protocol.recordBytes(record);
    const bytes =
      whole -
      this.random.between(
        1,
        this.random.oneIn(4) ? whole - 1 : Math.max(1, this.protocol.lastValueBytes(record)),
      );
    return { whole: false, partial: this.protocol.tornRecord(record, bytes), bytes, last: true };
  }

  private restore(): void {
    for (const name of this.names()) this.remove(name);
    for (const [name, { entries }] of this.copy) this.replace(name, [...entries]);
  }

  private replace(name: string, entries: RecoveredEntry[]): void {
    const bytes = entries.reduce(
      (sum, entry) => sum + (entry.whole ? this.protocol.recordBytes(entry.record) : entry.bytes),
      0,
    );
    this.room += (this.files.get(name)?.bytes ?? 0) - bytes;
    this.files.set(name, { entries, synced: entries.length, bytes });
  }
}
