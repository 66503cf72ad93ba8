/** One node's share of the data: what it holds of each key, durable and on the way there. */
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
  /** By the ring that reads ask. */
  range: string;
  readonly leaf: number;
  /** What puts and merges build on: it may not be synced yet, and no reader or peer is ever shown it. */
  latest: State | null;
  /** What readers and anti-entropy see. */
  durable: State | null;
  hash: EntryHash | null;
  /**
   * `durable` is all that remains of a tombstone that was dropped. Coordinators are told, so that they see through
   * older versions.
   */
  reaped: boolean;
  /** By the monotonic clock, since when the key is deleted, or reaped; null: it is not. */
  deletedUs: number | null;
  /** A full disk refused what `latest` has and `durable` has not. */
  isRefused: boolean;
}

const emptyTree = new MerkleTree();

export class Replica {
  readonly #settings: StoreSettings;
  readonly #parts: Parts;
  readonly #disk: Disk;
  readonly #clock: StampClock;
  readonly #rings: Rings;
  readonly #forgotten: Forgotten;
  readonly #entries = new Map<string, Entry>();
  readonly #deletions = new Set<Entry>();
  /**
   * As recovery found them. What the last boot handed to the kernel and never synced is read back too, and the power
   * may still take it.
   */
  readonly #recovered = new Set<Entry>();
  readonly #trees = new Map<string, MerkleTree>();
  readonly #rangeNames = new Map<readonly NodeName[], string>();

  /** `actor`: under whose name this boot mints dots. */
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
    this.#forgotten = new Forgotten(parts, actor);
  }

  /** Takes what the log holds, oldest first. */
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

  /** What its log must keep: the durable state of each key, and what remains of tombstones. */
  *records(): Iterable<LogRecord> {
    for (const { key, durable, reaped } of this.#entries.values())
      if (durable !== null) yield { key, state: durable, ...(reaped ? { reaped } : {}) };
  }

  /** Merges a state in and confirms it once what it became, a state that contains it, is durable. */
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
      // Siblings: what this node minted others may hold already, and its dot must not be minted again.
      if (merged.kind === "siblings") entry.isRefused = true;
      else if (entry.latest === merged) entry.latest = entry.durable;
      refuse(request, stream);
    });
  }

  /** Tries again to keep what a full disk refused: before that, the key can neither be handed over nor streamed. */
  keepRefused(entry: Entry): void {
    const { key, latest } = entry;
    if (!entry.isRefused || latest === null) return;
    entry.isRefused = false;
    if (latest === entry.durable) return;
    const durable = (): void => this.#written(entry, latest);
    this.#parts.persist(this.#disk, { key, state: latest }, durable, () => {
      entry.isRefused = true;
    });
  }

  /** `standIn`: what a node that holds nothing of its own of this key shows instead. */
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

  /** The same for a reader that only asks which versions these are. */
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

  /** The key's entry, made if there is none. */
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
      isRefused: false,
    };
    this.#entries.set(key, entry);
    return entry;
  }

  durable(key: string): State | null {
    return this.#entries.get(key)?.durable ?? null;
  }

  /** The newest stamp known of the key: a durable one, or that of whatever was forgotten. null: none. */
  stamp(key: string): string | null {
    const durable = this.durable(key);
    return durable?.kind === "stamped" ? durable.stamp : this.#forgotten.stamp;
  }

  /** What a put of siblings builds on. */
  base(key: string): SiblingState | null {
    const latest = this.#entries.get(key)?.latest ?? null;
    return this.#forgotten.under(latest?.kind === "siblings" ? latest : null);
  }

  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  /** Those whose key is deleted, reaped ones too. */
  deletions(): readonly Entry[] {
    return [...this.#deletions];
  }

  /** Whether this replica holds the tombstone, or something newer, durably. */
  holds(key: string, tombstone: State): boolean {
    const durable = this.durable(key);
    return durable !== null && this.#parts.merge(durable, tombstone) === durable;
  }

  /**
   * Drops the tombstone, unless something newer came. It is no loss if a crash brings it back: whoever reaps asks
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

  /** Drops what remains of a tombstone. */
  forget(entry: Entry): void {
    if (entry.durable === null || entry.latest !== entry.durable) return;
    this.#forgotten.add(entry.durable);
    this.#enter(entry, null);
    this.#deletions.delete(entry);
    this.#entries.delete(entry.key);
  }

  /**
   * Drops what this node owns no more and its owners have. It is no loss if a crash brings it back: it is handed over
   * again.
   */
  drop(entry: Entry): void {
    const { key, durable } = entry;
    if (durable === null || entry.latest !== durable) return;
    this.#disk.host.explain({ what: "key dropped", key });
    this.#disk.log.write(
      { key, state: durable, dropped: true },
      () => {},
      () => {},
    );
    this.forget(entry);
  }

  /** The ring changed: keys belong to other ranges. */
  rearrange(): void {
    this.#trees.clear();
    for (const entry of this.#entries.values()) {
      const { hash } = entry;
      entry.range = this.#rangeOf(this.#rings.readers(entry.key));
      entry.hash = null;
      this.#enter(entry, hash);
    }
  }

  /**
   * The Merkle tree over the durable states of a key range; an empty one where this node holds nothing. Only to be
   * read.
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
   * A write has reached the disk. On a slow disk a tombstone that was written twice is dropped, or even forgotten, before
   * the second write ends: that write must not bring it back.
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
    // Siblings without any are the remains of a tombstone, sent by a replica that reaped it.
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
    const replicas = this.#rings.owners(key);
    // Physical removal: the record of the tombstone does for that of its end.
    if (
      this.#settings.deletes === "physical" &&
      this.#parts.membership.mayReap(this.#rings.view.state) &&
      this.#parts.tombstones.mayReap(this.#settings, {
        key,
        ageMs: 0,
        replicas,
        holders: new Set([this.#disk.host.node]),
      })
    )
      this.#leave(entry, state);
  }

  /** What is left once the tombstone is dropped. */
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

  #holdsExactly({ durable, latest }: Entry, state: State): boolean {
    return (
      durable !== null &&
      durable === latest &&
      this.#parts.digest(durable) === this.#parts.digest(state)
    );
  }

  #rangeOf(replicas: readonly NodeName[]): string {
    let name = this.#rangeNames.get(replicas);
    if (name === undefined) this.#rangeNames.set(replicas, (name = rangeName(replicas)));
    return name;
  }
}

/** Says that the disk is full: nothing of it is in the log here. */
function refuse(request: PeerRequest & { readonly type: "replica-put" }, stream: Stream): void {
  const { id, key, trace } = request;
  stream.send(
    trace === undefined
      ? { type: "replica-refused", id, key }
      : { type: "replica-refused", id, trace, key },
  );
}
