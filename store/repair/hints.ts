/**
 * Stores hints (hinted handoff), in a log of their own. For each replica and each key, a hint is the merge of the
 * writes that this node keeps for it. Hints are not part of this node's own data, and under strict quorums they count
 * only for W = ANY.
 */
import type { NodeName } from "../host.ts";
import type { Disk, Parts } from "../parts.ts";
import type { LogRecord, State } from "../versions/records.ts";
import type { StoreSettings } from "../settings.ts";

export interface Hint {
  readonly target: NodeName;
  readonly key: string;
  readonly sinceMs: number;
  readonly latest: State;
  readonly durable: State | null;
}

export class Hints {
  readonly #settings: StoreSettings;
  readonly #parts: Parts;
  readonly #disk: Disk;
  /** The hints by target, then by key. */
  readonly #held = new Map<NodeName, Map<string, Hint>>();
  #count = 0;

  constructor(settings: StoreSettings, parts: Parts, disk: Disk) {
    this.#settings = settings;
    this.#parts = parts;
    this.#disk = disk;
  }

  /** Loads the records of the log, the oldest first. */
  load(records: readonly LogRecord[]): void {
    for (const { key, state, hint } of records) {
      if (hint === undefined) continue;
      if (hint.delivered === true) this.#forget(hint.target, key, state);
      else this.#hold(hint.target, key, state, hint.sinceMs, true);
    }
  }

  /** The records that the log of hints must keep. */
  *records(): Iterable<LogRecord> {
    for (const hints of this.#held.values())
      for (const { target, key, latest, sinceMs } of hints.values())
        yield { key, state: latest, hint: { target, sinceMs } };
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Keeps a hint, and calls `durable` once the hint is in the log, which a full disk may prevent. Returns whether the
   * hint was kept: at `hintLimit` hints, only hints that are already held can grow.
   */
  keep(target: NodeName, key: string, state: State, durable: () => void): boolean {
    const before = this.#held.get(target)?.get(key);
    if (before === undefined && this.#count >= this.#settings.hintLimit) {
      this.#disk.host.explain({
        what: "hint refused",
        key,
        detail: `for ${target}: ${this.#count} are held`,
      });
      return false;
    }
    const { latest, sinceMs } = this.#hold(target, key, state, this.#nowMs(), false);
    this.#disk.host.explain({ what: "hint kept", key, detail: `for ${target}` });
    const kept = (): void => {
      const now = this.#held.get(target)?.get(key);
      if (now !== undefined) this.#held.get(target)?.set(key, { ...now, durable: latest });
      durable();
    };
    // If the disk is full, the hint stays in memory. It then does not count, but may still be delivered.
    this.#parts.persistHint(
      this.#disk,
      { key, state: latest, hint: { target, sinceMs } },
      kept,
      () => {},
    );
    return true;
  }

  /** Calls `done` once all hints whose `durable` callback has been called are synced. */
  synced(done: () => void): void {
    this.#disk.log.synced(done);
  }

  /**
   * The merge of the durable hints of a key for all targets. While this node replaces a replica, it answers reads with
   * this state.
   */
  of(key: string): State | null {
    let merged: State | null = null;
    for (const hints of this.#held.values()) {
      const state = hints.get(key)?.durable ?? null;
      if (state !== null) merged = this.#parts.merge(merged, state);
    }
    return merged;
  }

  targets(): readonly NodeName[] {
    return [...this.#held.keys()];
  }

  /**
   * The oldest hints for a target that `wanted` accepts, at most `limit`. A hint need not be durable on this node,
   * since the target will make it durable.
   */
  for(target: NodeName, limit: number, wanted: (hint: Hint) => boolean): readonly Hint[] {
    const hints: Hint[] = [];
    for (const hint of this.#held.get(target)?.values() ?? []) {
      if (hints.length >= limit) break;
      if (wanted(hint)) hints.push(hint);
    }
    return hints;
  }

  /**
   * Notes that a hint with `state` is done: it was delivered, or it is too old. If a crash comes before this note is
   * synced, or if the disk is full, the hint may be delivered later or again.
   */
  delivered({ target, key, sinceMs }: Hint, state: State): void {
    this.#forget(target, key, state);
    this.#disk.log.write(
      { key, state, hint: { target, sinceMs, delivered: true } },
      () => {},
      () => {},
    );
  }

  /** Drops the hints that are too old. */
  expire(): void {
    const nowMs = this.#nowMs();
    for (const hints of [...this.#held.values()]) {
      for (const hint of [...hints.values()]) {
        if (!this.#parts.isHintTooOld(this.#settings, nowMs - hint.sinceMs)) continue;
        this.#disk.host.explain({
          what: "hint dropped",
          key: hint.key,
          detail: `for ${hint.target}: older than the hint window`,
        });
        this.delivered(hint, hint.latest);
      }
    }
  }

  #hold(target: NodeName, key: string, state: State, nowMs: number, isDurable: boolean): Hint {
    let hints = this.#held.get(target);
    if (hints === undefined) this.#held.set(target, (hints = new Map<string, Hint>()));
    const before = hints.get(key);
    if (before === undefined) this.#count++;
    const latest = this.#parts.mergeHint(before?.latest ?? null, state);
    const hint: Hint = {
      target,
      key,
      sinceMs: before?.sinceMs ?? nowMs,
      latest,
      durable: isDurable ? latest : (before?.durable ?? null),
    };
    hints.set(key, hint);
    return hint;
  }

  /** Removes a hint, unless it has grown beyond `state` in the meantime. */
  #forget(target: NodeName, key: string, state: State): void {
    const hints = this.#held.get(target);
    const hint = hints?.get(key);
    if (hints === undefined || hint === undefined || !this.#parts.forgetsHint(hint.latest, state))
      return;
    hints.delete(key);
    this.#count--;
    if (hints.size === 0) this.#held.delete(target);
  }

  #nowMs(): number {
    return Math.max(0, Math.floor(this.#disk.host.wallUs() / 1000));
  }
}
