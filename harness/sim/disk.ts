/** A node's virtual disk: it outlives boots, and keeps of a killed one what it had been handed. */
import type { DiskDamage } from "../../generators/index.ts";
import type { HostLog, LogRecord, RecoveredEntry } from "../../store/index.ts";
import type { Boot } from "./boot.ts";
import type { EventLoop } from "./event-loop.ts";
import type { Protocol } from "./protocol.ts";
import { fnv1a, type Random } from "./random.ts";

export class Disk {
  readonly random: Random;
  private readonly files = new Map<string, RecoveredEntry[]>();

  constructor(random: Random) {
    this.random = random;
  }

  /** The entries of a log as they lie on the disk, to be changed in place. */
  file(name: string): RecoveredEntry[] {
    const known = this.files.get(name);
    if (known !== undefined) return known;
    const created: RecoveredEntry[] = [];
    this.files.set(name, created);
    return created;
  }

  /** Everything on it is gone. Only while no process runs on the machine. */
  wipe(): void {
    this.files.clear();
  }

  /** Cuts into the last entry of a log, so that recovery finds it damaged. Only while no process runs on the machine. */
  tear(name: string): void {
    const entries = this.file(name);
    const torn = entries.pop();
    if (torn?.whole !== true) throw new RangeError(`expected a whole last entry of the log ${name} to tear, got ${torn === undefined ? "an empty log" : "a damaged one"}`);
    entries.push({ whole: false, partial: null, bytes: this.random.between(1, 40), last: true });
  }

  /** What a fault does to each log. An empty one stays as it is. Only while no process runs on the machine. */
  damage(damage: DiskDamage, atPerMille: number): void {
    if (damage === "wipe") return this.wipe();
    for (const [name, entries] of this.files) {
      if (entries.length === 0) continue;
      const place = Math.floor(((entries.length - 1) * atPerMille) / 1000);
      switch (damage) {
        case "tear":
          if (entries.at(-1)?.whole === true) this.tear(name);
          break;
        case "flip":
          entries[place] = { whole: false, partial: null, bytes: this.random.between(8, 80), last: place === entries.length - 1 };
          break;
        case "truncate":
          entries.length = place;
          // A cut seldom falls between two records.
          entries.push({ whole: false, partial: null, bytes: this.random.between(1, 40), last: true });
      }
    }
  }

  /** fsync: usually fast, now and then the disk is busy with something else. */
  syncUs(): number {
    return this.random.oneIn(128) ? this.random.between(1_000, 8_000) : this.random.between(50, 400);
  }
}

interface Sync {
  readonly records: readonly LogRecord[];
  readonly doneUs: number;
  readonly done: (error: Error | null) => void;
}

/** One boot's view of one log. */
export class SimLog implements HostLog {
  private readonly loop: EventLoop;
  private readonly protocol: Protocol;
  private readonly boot: Boot;
  private readonly disk: Disk;
  private readonly entries: RecoveredEntry[];
  private appended: LogRecord[] = [];
  private underWay: Sync[] = [];
  private lastDoneUs = 0;

  constructor(loop: EventLoop, protocol: Protocol, boot: Boot, disk: Disk, name: string) {
    this.loop = loop;
    this.protocol = protocol;
    this.boot = boot;
    this.disk = disk;
    this.entries = disk.file(name);
  }

  recover(done: (entries: readonly RecoveredEntry[]) => void): void {
    const read = (): void => done(this.entries.slice());
    this.loop.schedule(this.loop.nowUs + this.disk.syncUs() + this.entries.length, this.boot, read, null, null);
  }

  cut(entries: number, done: (error: Error | null) => void): void {
    const truncate = (): void => {
      this.entries.length = Math.min(this.entries.length, entries);
      done(null);
    };
    this.loop.schedule(this.loop.nowUs + this.disk.syncUs(), this.boot, truncate, null, null);
  }

  append(record: LogRecord): void {
    this.appended.push(record);
  }

  sync(done: (error: Error | null) => void): void {
    // Syncs finish in order: a later one waits for those before it.
    this.lastDoneUs = Math.max(this.lastDoneUs, this.loop.nowUs + this.disk.syncUs());
    this.underWay.push({ records: this.appended, doneUs: this.lastDoneUs, done });
    this.appended = [];
    this.loop.schedule(this.lastDoneUs, this.boot, finishSync, this, null);
  }

  /** The oldest sync under way returns. */
  finish(): void {
    const sync = this.underWay.shift();
    if (sync === undefined) return;
    this.write(sync.records, sync.records.length);
    const { recorder, moments } = this.boot;
    if (recorder.recording) recorder.synced(sync.records.map(this.protocol.describeRecord), hashRecords(sync.records));
    if (moments.watching) moments.synced(sync.records.map(this.protocol.describeRecord));
    if (this.boot.revoked) return;
    if (this.boot.paused) this.loop.schedule(this.loop.nowUs, this.boot, sync.done, null, null);
    else sync.done(null);
  }

  /** SIGKILL: what was only appended is lost; of the syncs still under way a prefix reached the disk. */
  die(): void {
    const finished = this.underWay.filter((sync) => sync.doneUs <= this.loop.nowUs);
    for (const sync of finished) this.write(sync.records, sync.records.length);
    const unfinished = this.underWay.slice(finished.length).flatMap((sync) => sync.records);
    if (unfinished.length > 0) this.write(unfinished, this.disk.random.between(0, unfinished.length));
    this.underWay = [];
    this.appended = [];
  }

  private write(records: readonly LogRecord[], count: number): void {
    for (const record of records.slice(0, count)) this.entries.push({ whole: true, record });
  }
}

const finishSync = (log: SimLog): void => log.finish();

/** FNV-1a of the records, field by field with a separator that no key holds: cheaper than of their JSON, as telling. */
export function hashRecords(records: readonly LogRecord[]): string {
  let hash = fnv1a("");
  const mix = (text: string): void => {
    hash = fnv1a("\u0000", fnv1a(text, hash));
  };
  for (const { key, state } of records) {
    mix(key);
    switch (state.kind) {
      case "stamped":
        mix(state.stamp);
        mix(state.value ?? "\u0001");
        break;
      case "siblings":
        for (const { dot, value } of state.siblings) {
          mix(dot);
          mix(value ?? "\u0001");
        }
        for (const [actor, counter] of Object.entries(state.context)) {
          mix(actor);
          mix(String(counter));
        }
    }
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
