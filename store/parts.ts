/**
 * The replaceable parts of the store. `healthyParts` is the store. A planted bug is a function from parts to parts in a
 * separate file, so that the healthy code never asks whether it is broken.
 */
import type { CommitLog } from "./replica/commit-log.ts";
import type { ErrorCode } from "./protocol/errors.ts";
import type { Host, NodeName } from "./host.ts";
import { entryHash, type EntryHash } from "./replica/merkle.ts";
import { healthyMembership, type MembershipPart } from "./placement/membership-part.ts";
import type { LogRecord, SiblingState, State, VersionVector } from "./versions/records.ts";
import { fallbacks, nodeNames, preferenceList, sharedRanges } from "./placement/ring.ts";
import {
  type CompactionPart,
  healthyCompaction,
  type RecoveredSegment,
  type Recovery,
} from "./replica/segments.ts";
import type { StoreSettings } from "./settings.ts";
import { actorName, putSibling } from "./versions/siblings.ts";
import { stampClock, type StampClock, stampQuorum } from "./versions/stamps.ts";
import { digest, merge, mergeAll } from "./versions/states.ts";
import { healthyTombstones, refusesForMs, type TombstonePart } from "./versions/tombstones.ts";

/** The progress of a write. `confirmed`: replicas that confirmed it as durable, each once, in order of arrival. */
export interface WriteProgress {
  readonly key: string;
  readonly replicas: readonly NodeName[];
  readonly needed: number;
  /** The number of confirmations that must come from `replicas`. */
  readonly neededPrimaries: number;
  /** ANY: one hint would be enough. */
  readonly hintCounts: boolean;
  readonly confirmed: readonly NodeName[];
  /** Replicas that did not confirm and have a durable hint on the coordinator. */
  readonly hinted: readonly NodeName[];
}

/** A replica's reply to a read. */
export interface ReadReply {
  readonly from: NodeName;
  readonly state: State | null;
}

/** The progress of a read. `from[i]` sent `replies[i]`, each replica once, in order of arrival. */
export interface ReadProgress {
  readonly key: string;
  readonly replicas: readonly NodeName[];
  readonly needed: number;
  /**
   * The number of replies that must come from `primaries`, the key's preference list. `replicas` are the nodes asked.
   */
  readonly neededPrimaries: number;
  readonly primaries: readonly NodeName[];
  readonly from: readonly NodeName[];
  readonly replies: readonly (State | null)[];
}

/** The progress of a read's write-back (blocking read repair). */
export interface WriteBackProgress {
  readonly key: string;
  readonly replicas: readonly NodeName[];
  /** The R of the read. */
  readonly needed: number;
  /** Replicas known to have it durable. */
  readonly durableOn: ReadonlySet<NodeName>;
}

/** The storage of a replica's records. */
export interface Disk {
  readonly host: Host;
  readonly log: CommitLog;
}

export interface Repair {
  readonly node: NodeName;
  readonly state: State;
}

export interface Parts {
  /** The key's preference list: N distinct nodes. */
  preferenceList(settings: StoreSettings, key: string): readonly NodeName[];
  /**
   * The fallback nodes for unreachable replicas of the key, in order. None is in its preference list. Empty under
   * strict quorums.
   */
  fallbacks(settings: StoreSettings, key: string): readonly NodeName[];
  /** The peers for anti-entropy, in turn. */
  exchangePeers(settings: StoreSettings, self: NodeName): readonly NodeName[];
  /** The key ranges to compare with that peer. */
  exchangeRanges(settings: StoreSettings, self: NodeName, peer: NodeName): readonly string[];
  /** The source of this boot's stamps (last write wins). */
  stampClock(host: Host, kind: StoreSettings["stamps"]): StampClock;
  /** The number of replicas that must report their stamp before a put gets a quorum stamp. */
  stampReplicas(settings: StoreSettings): number;
  /** The newest of the reported stamps. `told` is in order of arrival. Null: the replica has none. */
  newestStamp(told: readonly (string | null)[]): string | undefined;
  /** The stamp of a new put (last write wins). `seen`: the newest stamp of the key, if a quorum was asked. */
  stamp(clock: StampClock, seen?: string): string;
  /** The name under which this boot of this node issues dots. */
  actor(host: Host): string;
  /** The state after a put that supersedes what `context` covers. Its dot is the actor's next one (siblings). */
  mint(
    stored: SiblingState | null,
    actor: string,
    context: VersionVector,
    value: string | null,
  ): SiblingState;
  /** Merges `incoming` into a replica's `stored`. Must return `stored` itself if nothing changed. */
  merge(stored: State | null, incoming: State): State;
  /** The state that a replica shows to readers. `latest` may be unsynced. */
  shown(entry: { readonly latest: State | null; readonly durable: State | null }): State | null;
  /**
   * Makes the record durable and then calls `durable()`, after which the replica confirms it and shows it to readers.
   * Or calls `refused()`: nothing of it is in the log.
   */
  persist(disk: Disk, record: LogRecord, durable: () => void, refused: () => void): void;
  /**
   * Makes durable what this node keeps for a replica that missed a write. A fallback node confirms it after
   * `durable()`.
   */
  persistHint(disk: Disk, record: LogRecord, durable: () => void, refused: () => void): void;
  /** What a node keeps for a replica that missed `incoming`, if it already kept `before` for it. */
  mergeHint(before: State | null, incoming: State): State;
  /** Whether a hint that now holds `latest` is dropped once its target has stored `delivered`. */
  forgetsHint(latest: State, delivered: State): boolean;
  /** Whether a hint of that age is dropped without delivery. */
  isHintTooOld(settings: StoreSettings, ageMs: number): boolean;
  /**
   * Whether to begin delivering a target's hints. Records in `underWay` that the delivery is under way, until it ends.
   */
  beginsHandoff(target: NodeName, isUp: boolean, underWay: Set<NodeName>): boolean;
  /** What to deliver of a hint with `state`. `clock` is the delivering node's. */
  handsOver(state: State, clock: StampClock): State;
  /** The nodes to which a write is sent again at half its timeout, since a link may have lost it. */
  resends(sent: readonly NodeName[], confirmed: readonly NodeName[]): readonly NodeName[];
  /** The replicas that have confirmed a write once `from` has confirmed it, perhaps for the second time. */
  confirmedBy(confirmed: readonly NodeName[], from: NodeName): readonly NodeName[];
  isAcknowledged(progress: WriteProgress): boolean;
  /**
   * The replies that a read counts when `arrived` comes in. `arrived` null: at its start, before it asks any replica.
   */
  counts(host: Host, read: ReadProgress, arrived: ReadReply | null): readonly ReadReply[];
  isAnswered(progress: ReadProgress): boolean;
  /** Whether a read is answered at its timeout from the replies that it has. */
  isAnsweredLate(progress: ReadProgress): boolean;
  /** The error code of a write at its timeout. */
  timeoutCode(progress: WriteProgress): ErrorCode;
  /** The next of `replicas` for a put that was forwarded to `tried` in vain. Null: none. */
  forwardAgain(replicas: readonly NodeName[], tried: readonly NodeName[]): NodeName | null;
  /** The result of a read, from the counted replies in order of arrival. */
  answer(replies: readonly (State | null)[]): State | null;
  /** What read repair sends to which replica, so that all that replied hold `target`. `clock` is the coordinator's. */
  repairs(
    target: State,
    from: readonly NodeName[],
    replies: readonly (State | null)[],
    clock: StampClock,
  ): readonly Repair[];
  /** Whether a read may return what it wrote back (blocking read repair). */
  isWrittenBack(progress: WriteBackProgress): boolean;
  /** A digest for anti-entropy: equal if and only if the states are. */
  digest(state: State): string;
  /** The leaf hash of a key whose durable state is now `state` with that digest. `before`: the previous leaf. */
  leafHash(key: string, state: State, digest: string, before: EntryHash | null): EntryHash;
  /** The largest number of keys that one step of an exchange compares. The others wait for the next exchange. */
  keysAtOnce(): number;
  /** Which of the differing `keys` `self` sends to `peer` in an exchange. */
  copies(self: NodeName, peer: NodeName, keys: readonly string[]): readonly string[];
  /** When tombstones are removed, and what is left of them. */
  readonly tombstones: TombstonePart;
  /** Decisions during membership changes. */
  readonly membership: MembershipPart;
  /** What recovery takes from a log's segments, the oldest first. */
  recover(segments: readonly RecoveredSegment[]): Recovery;
  /** Whether a node serves clients and peers. `recovered`: it has read its logs. */
  serves(recovered: boolean): boolean;
  /** How a log is compacted. */
  readonly compaction: CompactionPart;
}

function countAmong(nodes: readonly NodeName[], primaries: readonly NodeName[]): number {
  let count = 0;
  for (const node of nodes) if (primaries.includes(node)) count++;
  return count;
}

const noRepairs: readonly Repair[] = [];
const noReplies: readonly ReadReply[] = [];

export const healthyParts: Parts = {
  preferenceList,
  fallbacks: (settings, key) => (settings.quorums === "sloppy" ? fallbacks(settings, key) : []),
  exchangePeers: (settings, self) => {
    const all = nodeNames(settings);
    const after = all.indexOf(self) + 1;
    // A node that is no member has no peers.
    if (after === 0) return [];
    return [...all.slice(after), ...all.slice(0, after - 1)].filter(
      (peer) => sharedRanges(settings, self, peer).length > 0,
    );
  },
  exchangeRanges: sharedRanges,
  stampClock,
  stampReplicas: stampQuorum,
  newestStamp: (told) => {
    let newest: string | undefined;
    for (const stamp of told)
      if (stamp !== null && (newest === undefined || stamp > newest)) newest = stamp;
    return newest;
  },
  stamp: (clock, seen) => clock.next(seen),
  actor: (host) => actorName(host.node, host.boot),
  mint: putSibling,
  merge,
  shown: ({ durable }) => durable,
  persist: (disk, record, durable, refused) => disk.log.write(record, durable, refused),
  persistHint: (disk, record, durable, refused) => disk.log.write(record, durable, refused),
  mergeHint: merge,
  // The hint may have grown since.
  forgetsHint: (latest, delivered) => merge(delivered, latest) === delivered,
  // A hint that a sloppy quorum counted may be the last copy of an acknowledged write.
  isHintTooOld: (settings, ageMs) =>
    settings.quorums === "strict" &&
    ageMs > Math.min(settings.hintWindowMs, refusesForMs(settings)),
  beginsHandoff: (target, isUp, underWay) => {
    if (!isUp || underWay.has(target)) return false;
    underWay.add(target);
    return true;
  },
  handsOver: (state) => state,
  resends: (sent, confirmed) => sent.filter((node) => !confirmed.includes(node)),
  confirmedBy: (confirmed, from) => (confirmed.includes(from) ? confirmed : [...confirmed, from]),
  isAcknowledged: ({ confirmed, hinted, needed, hintCounts, replicas, neededPrimaries }) =>
    (confirmed.length >= needed || (hintCounts && hinted.length > 0)) &&
    countAmong(confirmed, replicas) >= neededPrimaries,
  // Each replica once, and none at the start: messages from before the read say nothing about later acknowledgements.
  counts: (_host, read, arrived) =>
    arrived === null || read.from.includes(arrived.from) ? noReplies : [arrived],
  isAnswered: ({ replies, needed, from, primaries, neededPrimaries }) =>
    replies.length >= needed && countAmong(from, primaries) >= neededPrimaries,
  isAnsweredLate: () => false,
  // Some replica may have stored it, whatever replies arrived.
  timeoutCode: () => "timeout",
  // The first node may have stored it, so a second try would be a second write.
  forwardAgain: () => null,
  answer: (replies) => mergeAll(merge, replies),
  repairs: (target, from, replies) => {
    let repairs = noRepairs;
    for (let i = 0; i < replies.length; i++) {
      const node = from[i];
      const reply = replies[i] ?? null;
      if (node !== undefined && (reply === null || merge(reply, target) !== reply))
        repairs = [...repairs, { node, state: target }];
    }
    return repairs;
  },
  // N − R + 1: every later read quorum of R meets one of them.
  isWrittenBack: ({ replicas, needed, durableOn }) =>
    durableOn.size >= replicas.length - needed + 1,
  digest,
  leafHash: (key, _state, digest) => entryHash(key, digest),
  // A returning node must not be flooded.
  keysAtOnce: () => 500,
  copies: (_self, _peer, keys) => keys,
  tombstones: healthyTombstones,
  membership: healthyMembership,
  recover: (segments) => {
    const records: LogRecord[] = [];
    for (const { entries } of segments)
      for (const entry of entries) if (entry.whole) records.push(entry.record);
    // A crash can tear only the tail. Damage further up comes from the disk, and intact entries after it stay.
    const last = segments.at(-1)?.entries ?? [];
    const torn = last.at(-1)?.whole === false;
    return { records, keepEntries: last.length - (torn ? 1 : 0) };
  },
  serves: (recovered) => recovered,
  compaction: healthyCompaction,
};
