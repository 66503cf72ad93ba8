/** One node's share of the data: what it holds of each key, durable and on the way there. */
import type { NodeName, Stream } from "./host.ts";
import { leafOf, MerkleTree, type EntryHash } from "./merkle.ts";
import type { Disk, Parts } from "./parts.ts";
import type { PeerRequest } from "./protocol.ts";
import type { LogRecord, State } from "./records.ts";
import { rangeName } from "./ring.ts";
import type { StoreSettings } from "./settings.ts";
import type { StampClock } from "./stamps.ts";
import { versionsOf } from "./states.ts";

export interface Entry {
  readonly key: string;
  readonly range: string;
  readonly leaf: number;
  /** What puts and merges build on: it may not be synced yet, and no reader or peer is ever shown it. */
  latest: State | null;
  /** What readers and anti-entropy see. */
  durable: State | null;
  hash: EntryHash | null;
}

export class Replica {
  readonly #settings: StoreSettings;
  readonly #parts: Parts;
  readonly #disk: Disk;
  readonly #clock: StampClock;
  readonly #entries = new Map<string, Entry>();
  readonly #trees = new Map<string, MerkleTree>();
  readonly #rangeNames = new Map<readonly NodeName[], string>();

  constructor(settings: StoreSettings, parts: Parts, disk: Disk, clock: StampClock) {
    this.#settings = settings;
    this.#parts = parts;
    this.#disk = disk;
    this.#clock = clock;
  }

  /** Takes what the log holds, oldest first. */
  load(records: readonly LogRecord[]): void {
    for (const { key, state } of records) {
      const entry = this.entry(key);
      this.#observe(state);
      entry.latest = this.#parts.merge(entry.latest, state);
      this.#becomeDurable(entry, entry.latest);
    }
  }

  /** What its log must keep: the durable state of each key. */
  *records(): Iterable<LogRecord> {
    for (const { key, durable } of this.#entries.values()) if (durable !== null) yield { key, state: durable };
  }

  /** Merges a state in and confirms it once what it became, a state that contains it, is durable. */
  put(request: PeerRequest & { readonly type: "replica-put" }, stream: Stream): void {
    const { key, state } = request;
    const entry = this.entry(key);
    this.#observe(state);
    const merged = this.#parts.merge(entry.latest, state);
    if (merged === entry.latest && merged === entry.durable) {
      this.#confirm(request, stream);
      return;
    }
    entry.latest = merged;
    const durable = (): void => {
      this.#becomeDurable(entry, merged);
      this.#confirm(request, stream);
    };
    this.#parts.persist(this.#disk, { key, state: merged }, durable, () => {
      // Siblings: what this node minted others may hold already, and its dot must not be minted again.
      if (merged.kind === "stamped") entry.latest = entry.durable;
      refuse(request, stream);
    });
  }

  /** `standIn`: what a node that holds nothing of its own of this key shows instead. */
  get(request: PeerRequest & { readonly type: "replica-get" }, stream: Stream, standIn: State | null = null): void {
    const state = this.#entries.get(request.key)?.durable ?? standIn;
    const { id, key, trace } = request;
    stream.send(trace === undefined ? { type: "replica-got", id, key, state } : { type: "replica-got", id, trace, key, state });
  }

  /** The same for a reader that only asks which versions these are. */
  tellDigest({ id, trace, key }: PeerRequest & { readonly type: "replica-digest" }, stream: Stream, standIn: State | null = null): void {
    const state = this.#entries.get(key)?.durable ?? standIn;
    const reply = { type: "replica-digested", id, trace, key, versions: versionsOf(state) } as const;
    stream.send(state?.kind === "siblings" ? { ...reply, context: state.context } : reply);
  }

  /** The key's entry, made if there is none. */
  entry(key: string): Entry {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const range = this.#rangeOf(this.#parts.preferenceList(this.#settings, key));
    const entry: Entry = { key, range, leaf: leafOf(key), latest: null, durable: null, hash: null };
    this.#entries.set(key, entry);
    return entry;
  }

  durable(key: string): State | null {
    return this.#entries.get(key)?.durable ?? null;
  }

  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  /** The Merkle tree over the durable states of a key range. */
  tree(range: string): MerkleTree {
    let tree = this.#trees.get(range);
    if (tree === undefined) this.#trees.set(range, (tree = new MerkleTree()));
    return tree;
  }

  #confirm({ id, key, trace, synced }: PeerRequest & { readonly type: "replica-put" }, stream: Stream): void {
    const confirm = (): void => stream.send(trace === undefined ? { type: "replica-stored", id, key } : { type: "replica-stored", id, trace, key });
    if (synced === true) this.#disk.log.synced(confirm);
    else confirm();
  }

  #observe(state: State): void {
    if (state.kind === "stamped") this.#clock.observe(state.stamp);
  }

  #becomeDurable(entry: Entry, state: State): void {
    if (entry.durable === state) return;
    entry.durable = state;
    const hash = this.#parts.leafHash(entry.key, state, this.#parts.digest(state), entry.hash);
    this.tree(entry.range).update(entry.leaf, entry.hash, hash);
    entry.hash = hash;
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
  stream.send(trace === undefined ? { type: "replica-refused", id, key } : { type: "replica-refused", id, trace, key });
}
