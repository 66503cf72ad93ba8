/** A replica: one node's own data. It holds the durable and the newest state of each key. */
import { Forgotten } from "./forgotten.ts";
import type { NodeName, Stream } from "../host.ts";
import { leafOf, MerkleTree, type EntryHash } from "./merkle.ts";
import type { Disk, Parts } from "../parts.ts";
import type { PeerRequest } from "../protocol/protocol.ts";
import type { LogRecord, SiblingState, State } from "../versions/records.ts";
import { rangeName } from "../placement/ring.ts";
import type { Rings } from "../placement/rings.ts";
import type { StoreSettings } from "../settings.ts";
import type { StampClock } from "../versions/stamps.ts";
import { versionsOf } from "../versions/states.ts";
import { isDeleted } from "../versions/tombstones.ts";

export interface Entry {
  readonly key: string;
  /** The name of the key's range in the ring by which reads choose replicas. */
  range: string;
  readonly leaf: number;
  /**
   * The newest state, on which puts and merges build. It may not be synced yet, so reads and anti-entropy do not use
   * it.
   */
  latest: State | null;
  /** The durable state, which reads and anti-entropy use. With a periodic log, it may not be synced yet. */
  durable: State | null;
  hash: EntryHash | null;
  /**
   * Whether `durable` is the remainder of a dropped tombstone. Reads return the remainder, so that coordinators ignore
   * older versions.
   */
  reaped: boolean;
  /**
   * The time, by the monotonic clock, at which this boot stored, loaded or reaped the tombstone. Null if the key is not
   * deleted.
   */
  deletedUs: number | null;
  /**
   * With siblings, a state with dots of this boot that a full disk refused. Other replicas may hold these dots, so puts
   * build on it and none of the dots is issued again. No other state is merged with it: it may contain a delete that
   * only this replica knows. Null if there is none, or if `durable` includes it.
   */
  refused: SiblingState | null;
}

/** Whether all that this replica knows of the key is durable, so that the entry may go. */
export const isSettled = ({ latest, durable, refused }: Entry): boolean =>
  latest === durable && refused === null;

const emptyTree = new MerkleTree();

export class Replica {
  readonly #settings: StoreSettings;
  readonly #parts: Parts;
  readonly #disk: Disk;
  readonly #clock: StampClock;
  readonly #rings: Rings;
  readonly #actor: string;
  readonly #forgotten: Forgotten;
  readonly #entries = new Map<string, Entry>();
  readonly #deletions = new Set<Entry>();
  /**
   * The entries that recovery loaded and this boot has not written. The replica writes such an entry, unless it is
   * reaped, once more before it confirms it, so that this confirmation does not depend on a sync by an earlier boot.
   */
  readonly #recovered = new Set<Entry>();
  readonly #trees = new Map<string, MerkleTree>();
  readonly #rangeNames = new Map<readonly NodeName[], string>();

  /** @param actor The name under which this boot issues dots. */
  constructor(
    settings: StoreSettings,
    parts: Parts,
    disk: Disk,
    {
      clock,
      actor,
      rings,
    }: { readonly clock: StampClock; readonly actor: string; readonly rings: Rings },
  ) {
    this.#settings = settings;
    this.#rings = rings;
    this.#parts = parts;
    this.#disk = disk;
    this.#clock = clock;
    this.#actor = actor;
    this.#forgotten = new Forgotten(parts, actor);
  }

  /** Loads the records of the log, the oldest first. */
  load(records: readonly LogRecord[]): void {
    for (const { key, state, reaped, dropped } of records) {
      const entry = this.entry(key);
      this.#observe(state);
      entry.latest = this.#parts.merge(entry.latest, state);
      this.#becomeDurable(entry, entry.latest);
      if (dropped === true) {
        this.forget(entry);
        continue;
      }
      if (reaped === true && this.#holdsExactly(entry, state)) this.#leave(entry, state);
      this.#recovered.add(entry);
    }
  }

  /** The records that the log must keep: the durable state of each key, or the remainder of its tombstone. */
  *records(): Iterable<LogRecord> {
    for (const { key, durable, reaped } of this.#entries.values())
      if (durable !== null) yield { key, state: durable, ...(reaped ? { reaped } : {}) };
  }

  /** Merges a state into the replica, and confirms it once the result is durable. If the disk is full, refuses it. */
  put(request: PeerRequest & { readonly type: "replica-put" }, stream: Stream): void {
    const { key, state } = request;
    const entry = this.entry(key);
    this.#observe(state);
    const merged = this.#parts.merge(entry.latest, state);
    if (
      merged === entry.latest &&
      merged === entry.durable &&
      (entry.reaped || !this.#recovered.has(entry))
    ) {
      this.#confirm(request, stream);
      return;
    }
    entry.latest = merged;
    const durable = (): void => {
      this.#written(entry, merged);
      this.#confirm(request, stream);
    };
    this.#parts.persist(this.#disk, { key, state: merged }, durable, () => {
      this.#setAside(entry, merged);
      refuse(request, stream);
    });
  }

  /**
   * Makes durable what the log does not have: a state that a full disk refused, or a put that this node made and, because
   * of a newer ring, no longer stored. Until that succeeds, the key can neither be handed over nor streamed.
   */
  keepRefused(entry: Entry): void {
    const { key, latest, refused } = entry;
    // While the log writes, it may be writing `latest`.
    if (refused === null && (latest === entry.durable || !this.#disk.log.isIdle)) return;
    const state = refused === null ? latest : this.#parts.merge(latest, refused);
    if (state === null) return;
    entry.refused = null;
    entry.latest = state;
    const durable = (): void => this.#written(entry, state);
    this.#parts.persist(this.#disk, { key, state }, durable, () => this.#setAside(entry, state));
  }

  /** Takes a state that a full disk refused out of `latest`, but keeps it for later puts if it has dots of this boot. */
  #setAside(entry: Entry, state: State): void {
    if (state.kind === "siblings" && this.#countOf(state) > this.#countOf(entry.durable))
      entry.refused = this.#withRefused(entry, state);
    if (entry.latest !== state) return;
    entry.latest = entry.durable;
    // While the refused write was under way, a tombstone below it could not be removed.
    this.#removeAtOnce(entry);
  }

  /** The number of dots that this boot has issued for a key, as far as the state knows. */
  #countOf(state: State | null): number {
    return state?.kind === "siblings" ? (state.context[this.#actor] ?? 0) : 0;
  }

  #withRefused({ refused }: Entry, state: SiblingState | null): SiblingState | null {
    if (refused === null) return state;
    const merged = this.#parts.merge(state, refused);
    return merged.kind === "siblings" ? merged : state;
  }

  /** Replies with the key's state that readers may see. If there is none, replies with `standIn`. */
  get(
    request: PeerRequest & { readonly type: "replica-get" },
    stream: Stream,
    standIn: State | null = null,
  ): void {
    const state = this.#shown(request.key) ?? standIn;
    const { id, key, trace } = request;
    stream.send(
      trace === undefined
        ? { type: "replica-got", id, key, state }
        : { type: "replica-got", id, trace, key, state },
    );
  }

  /** Replies with the versions that readers may see, without values. If there are none, uses `standIn`. */
  tellDigest(
    { id, trace, key }: PeerRequest & { readonly type: "replica-digest" },
    stream: Stream,
    standIn: State | null = null,
  ): void {
    const state = this.#shown(key) ?? standIn;
    const reply = {
      type: "replica-digested",
      id,
      trace,
      key,
      versions: versionsOf(state),
    } as const;
    stream.send(state?.kind === "siblings" ? { ...reply, context: state.context } : reply);
  }

  #shown(key: string): State | null {
    const entry = this.#entries.get(key);
    return entry === undefined ? null : this.#parts.shown(entry);
  }

  /** The entry of a key. Creates it if it is missing. */
  entry(key: string): Entry {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const range = this.#rangeOf(this.#rings.readers(key));
    const entry: Entry = {
      key,
      range,
      leaf: leafOf(key),
      latest: null,
      durable: null,
      hash: null,
      reaped: false,
      deletedUs: null,
      refused: null,
    };
    this.#entries.set(key, entry);
    return entry;
  }

  durable(key: string): State | null {
    return this.#entries.get(key)?.durable ?? null;
  }

  /**
   * The newest stamp that this node knows for the key: that of its durable state, or else the newest of all forgotten
   * keys. Null if there is none.
   */
  stamp(key: string): string | null {
    const durable = this.durable(key);
    return durable?.kind === "stamped" ? durable.stamp : this.#forgotten.stamp;
  }

  /** The state on which the next put of the key builds (siblings). */
  base(key: string): SiblingState | null {
    const entry = this.#entries.get(key);
    const latest = entry?.latest?.kind === "siblings" ? entry.latest : null;
    return this.#forgotten.under(entry === undefined ? null : this.#withRefused(entry, latest));
  }

  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  /** The entries of all deleted and reaped keys. */
  deletions(): readonly Entry[] {
    return [...this.#deletions];
  }

  /** Whether this replica has the tombstone, or a newer state, durable. */
  holds(key: string, tombstone: State): boolean {
    const durable = this.durable(key);
    return durable !== null && this.#parts.merge(durable, tombstone) === durable;
  }

  /**
   * Drops the tombstone of a key, unless a newer state has arrived. If a crash brings the tombstone back, it is reaped
   * again.
   */
  reap(key: string, tombstone: State): void {
    const entry = this.#entries.get(key);
    if (
      entry === undefined ||
      entry.reaped ||
      !isDeleted(tombstone) ||
      !this.#holdsExactly(entry, tombstone)
    )
      return;
    this.#disk.host.explain({ what: "tombstone dropped", key });
    this.#disk.log.write(
      { key, state: tombstone, reaped: true },
      () => {},
      () => {},
    );
    this.#leave(entry, tombstone);
  }

  /**
   * Removes a key's entry, and keeps only what Forgotten keeps of all such keys. Does nothing while a newer state is
   * not durable, or a refused one with dots of this boot is kept.
   */
  forget(entry: Entry): void {
    if (entry.durable === null || !isSettled(entry)) return;
    this.#forgotten.add(entry.durable);
    this.#enter(entry, null);
    this.#deletions.delete(entry);
    this.#entries.delete(entry.key);
  }

  /**
   * Drops a key that its owners have and this node no longer owns. If a crash brings the key back, it is handed over
   * again.
   */
  drop(entry: Entry): void {
    const { key, durable } = entry;
    if (durable === null || !isSettled(entry)) return;
    this.#disk.host.explain({ what: "key dropped", key });
    this.#disk.log.write(
      { key, state: durable, dropped: true },
      () => {},
      () => {},
    );
    this.forget(entry);
  }

  /**
   * Reassigns keys to the ranges of a changed ring, and with physical removal drops the tombstones that had to outlast
   * a membership change.
   */
  rearrange(): void {
    this.#trees.clear();
    for (const entry of this.#entries.values()) {
      const { hash } = entry;
      entry.range = this.#rangeOf(this.#rings.readers(entry.key));
      entry.hash = null;
      this.#enter(entry, hash);
    }
    // A key that this node no longer owns is handed over first.
    for (const entry of this.deletions())
      if (this.#rings.owners(entry.key).includes(this.#disk.host.node)) this.#removeAtOnce(entry);
  }

  /**
   * The Merkle tree over the durable states of a key range, without deletions that count as absent. If this node holds
   * no key of the range, the tree is empty. Callers must not change it.
   */
  tree(range: string): MerkleTree {
    return this.#trees.get(range) ?? emptyTree;
  }

  #confirm(
    { id, key, trace, synced }: PeerRequest & { readonly type: "replica-put" },
    stream: Stream,
  ): void {
    const confirm = (): void =>
      stream.send(
        trace === undefined
          ? { type: "replica-stored", id, key }
          : { type: "replica-stored", id, trace, key },
      );
    if (synced === true) this.#disk.log.synced(confirm);
    else confirm();
  }

  #observe(state: State): void {
    if (state.kind === "stamped") this.#clock.observe(state.stamp);
  }

  /**
   * Called when a write is in the log. On a slow disk, a tombstone may be written twice, and be dropped or even
   * forgotten before the second write ends. That write must not bring it back.
   */
  #written(entry: Entry, state: State): void {
    const { key, durable, latest } = entry;
    this.#recovered.delete(entry);
    if (this.#entries.get(key) !== entry) return;
    if (durable !== null && durable === latest && this.#parts.merge(durable, state) === durable)
      return;
    this.#becomeDurable(entry, state);
  }

  #becomeDurable(entry: Entry, state: State): void {
    if (entry.durable === state) return;
    entry.durable = state;
    if (entry.refused !== null && this.#parts.merge(state, entry.refused) === state)
      entry.refused = null;
    // A sibling state without siblings is the remainder of a tombstone. This replica or another one reaped the
    // tombstone.
    entry.reaped = state.kind === "siblings" && state.siblings.length === 0;
    entry.deletedUs = null;
    this.#deletions.delete(entry);
    if (isDeleted(state)) this.#markDeleted(entry, state);
    else
      this.#enter(
        entry,
        this.#parts.leafHash(entry.key, state, this.#parts.digest(state), entry.hash),
      );
  }

  #markDeleted(entry: Entry, state: State): void {
    const { key } = entry;
    entry.deletedUs = this.#disk.host.monotonicUs();
    this.#deletions.add(entry);
    const isAbsent = this.#parts.tombstones.equalsAbsent(this.#settings, state, entry.reaped);
    this.#enter(
      entry,
      isAbsent ? null : this.#parts.leafHash(key, state, this.#parts.digest(state), entry.hash),
    );
    this.#removeAtOnce(entry);
  }

  /**
   * With physical removal, drops a tombstone as soon as it is durable, but not during a membership change. The record
   * of the tombstone in the log is also the record of its removal.
   */
  #removeAtOnce(entry: Entry): void {
    const { key, durable, deletedUs } = entry;
    if (
      durable !== null &&
      deletedUs !== null &&
      this.#settings.deletes === "physical" &&
      this.#parts.membership.mayReap(this.#rings.view.state) &&
      this.#parts.tombstones.mayReap(this.#settings, {
        key,
        ageMs: 0,
        replicas: this.#rings.owners(key),
        holders: new Set([this.#disk.host.node]),
      })
    )
      this.#leave(entry, durable);
  }

  /** Replaces a tombstone by its remainder. If nothing of it remains, forgets the key. */
  #leave(entry: Entry, tombstone: State): void {
    const remains = this.#parts.tombstones.remains(this.#settings, tombstone);
    if (remains === null) return this.forget(entry);
    if (entry.latest !== entry.durable) return;
    entry.latest = entry.durable = remains;
    entry.reaped = true;
    entry.deletedUs = this.#disk.host.monotonicUs();
    this.#enter(
      entry,
      this.#parts.tombstones.equalsAbsent(this.#settings, remains, true) ? null : entry.hash,
    );
  }

  #enter(entry: Entry, hash: EntryHash | null): void {
    if (entry.hash === null && hash === null) return;
    let tree = this.#trees.get(entry.range);
    if (tree === undefined) this.#trees.set(entry.range, (tree = new MerkleTree()));
    tree.update(entry.leaf, entry.hash, hash);
    entry.hash = hash;
  }

  #holdsExactly(entry: Entry, state: State): boolean {
    const { durable } = entry;
    return (
      durable !== null &&
      isSettled(entry) &&
      this.#parts.digest(durable) === this.#parts.digest(state)
    );
  }

  #rangeOf(replicas: readonly NodeName[]): string {
    let name = this.#rangeNames.get(replicas);
    if (name === undefined) this.#rangeNames.set(replicas, (name = rangeName(replicas)));
    return name;
  }
}

/** Tells the sender that the disk is full. So far, nothing of the request is in this node's log. */
function refuse(request: PeerRequest & { readonly type: "replica-put" }, stream: Stream): void {
  const { id, key, trace } = request;
  stream.send(
    trace === undefined
      ? { type: "replica-refused", id, key }
      : { type: "replica-refused", id, trace, key },
  );
}
