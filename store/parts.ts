/**
 * The parts of the store that a planted bug can replace. `healthyParts` is the healthy store. A planted bug is a
 * function from parts to parts in a separate file, so the healthy code never asks whether it is broken.
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

/**
 * The progress of a write. `confirmed` lists the nodes that confirmed the write, or a hint of it, in order of arrival.
 * The healthy store lists each once.
 */
export interface WriteProgress {
  readonly key: string;
  readonly replicas: readonly NodeName[];
  readonly needed: number;
  /** The number of confirmations that must come from `replicas`. */
  readonly neededPrimaries: number;
  /** Whether one hint is enough, as for a write with W = ANY. */
  readonly hintCounts: boolean;
  readonly confirmed: readonly NodeName[];
  /** Replicas for which the coordinator itself has stored a hint. */
  readonly hinted: readonly NodeName[];
}

/** A node's reply to a read. */
export interface ReadReply {
  readonly from: NodeName;
  readonly state: State | null;
}

/**
 * The progress of a read. `replies[i]` came from `from[i]`, in the order in which they were counted. The healthy store
 * counts each node once.
 */
export interface ReadProgress {
  readonly key: string;
  readonly replicas: readonly NodeName[];
  readonly needed: number;
  /**
   * The number of replies that must come from `primaries`, the key's preference list. `replicas` has the nodes that
   * were asked.
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
  /** The R of the read: the number of replies that it waits for. */
  readonly needed: number;
  /** The replicas that are known to have stored the state. */
  readonly durableOn: ReadonlySet<NodeName>;
}

/** A node's Host, and one of its logs: that of its data or that of its hints. */
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
   * The fallback nodes for unreachable replicas of the key, in the order of their use. None is in the key's preference
   * list. Under strict quorums there are none.
   */
  fallbacks(settings: StoreSettings, key: string): readonly NodeName[];
  /** The peers with which this node compares data (anti-entropy), in turn. */
  exchangePeers(settings: StoreSettings, self: NodeName): readonly NodeName[];
  /** The key ranges that this node compares with `peer` (anti-entropy). */
  exchangeRanges(settings: StoreSettings, self: NodeName, peer: NodeName): readonly string[];
  /** The source of this boot's stamps (last write wins). */
  stampClock(host: Host, kind: StoreSettings["stamps"]): StampClock;
  /** The number of replicas that must report their stamp before a put gets its stamp, under quorum stamps. */
  stampReplicas(settings: StoreSettings): number;
  /**
   * The newest of the reported stamps. `told` has them in order of arrival, with null for a replica without a stamp.
   */
  newestStamp(told: readonly (string | null)[]): string | undefined;
  /**
   * The stamp of a new put (last write wins). `seen` is the newest stamp that replicas reported, if they were asked.
   */
  stamp(clock: StampClock, seen?: string): string;
  /** The name under which this boot of the node issues dots. */
  actor(host: Host): string;
  /**
   * The state after a put that supersedes the versions that `context` covers (siblings). The put gets the next dot of
   * `actor`.
   */
  mint(
    stored: SiblingState | null,
    actor: string,
    context: VersionVector,
    value: string | null,
  ): SiblingState;
  /** Merges `incoming` into a replica's state `stored`. Must return `stored` itself if nothing changed. */
  merge(stored: State | null, incoming: State): State;
  /** The state that a replica shows to readers. `latest` may not be synced yet. */
  shown(entry: { readonly latest: State | null; readonly durable: State | null }): State | null;
  /**
   * Keeps the record in the log, then calls `durable()`; the replica then confirms the record and shows it to readers.
   * With a periodic log, `durable()` comes before the sync. If the disk is full, calls `refused()` instead, and the log
   * has nothing of the record.
   */
  persist(disk: Disk, record: LogRecord, durable: () => void, refused: () => void): void;
  /**
   * Keeps a hint in the log, then calls `durable()`; the hint then counts, and a fallback node confirms it. If the disk
   * is full, calls `refused()` instead.
   */
  persistHint(disk: Disk, record: LogRecord, durable: () => void, refused: () => void): void;
  /**
   * The state of a hint for a replica that missed `incoming`. `before` is the state of the hint that the node already
   * keeps for that replica, or null.
   */
  mergeHint(before: State | null, incoming: State): State;
  /** Whether to drop a hint, which now has the state `latest`, once its target has stored `delivered`. */
  forgetsHint(latest: State, delivered: State): boolean;
  /** Whether to drop a hint of this age without delivery. */
  isHintTooOld(settings: StoreSettings, ageMs: number): boolean;
  /**
   * Whether to begin delivering the hints for `target`. If so, adds `target` to `underWay`, from which the caller
   * removes it when the delivery ends.
   */
  beginsHandoff(target: NodeName, isUp: boolean, underWay: Set<NodeName>): boolean;
  /** The state to deliver for a hint with `state`. `clock` belongs to the node that delivers it. */
  handsOver(state: State, clock: StampClock): State;
  /** The nodes to which a write is sent again after half its timeout, since a link may have lost it. */
  resends(sent: readonly NodeName[], confirmed: readonly NodeName[]): readonly NodeName[];
  /** The nodes that have confirmed a write, after a confirmation by `from`, which may be its second. */
  confirmedBy(confirmed: readonly NodeName[], from: NodeName): readonly NodeName[];
  isAcknowledged(progress: WriteProgress): boolean;
  /**
   * The replies that a read counts when `arrived` comes in. Also called with null at the start of the read, before any
   * replica is asked.
   */
  counts(host: Host, read: ReadProgress, arrived: ReadReply | null): readonly ReadReply[];
  isAnswered(progress: ReadProgress): boolean;
  /** Whether a read that has reached its timeout is answered from the replies that have arrived. */
  isAnsweredLate(progress: ReadProgress): boolean;
  /** The error code of a write that has reached its timeout. */
  timeoutCode(progress: WriteProgress): ErrorCode;
  /** The next of `replicas` to which to forward a put that the nodes `tried` did not answer. Null if there is none. */
  forwardAgain(replicas: readonly NodeName[], tried: readonly NodeName[]): NodeName | null;
  /** The result of a read, from the replies that count, in the order in which they were counted. */
  answer(replies: readonly (State | null)[]): State | null;
  /**
   * The states that read repair sends, so that all replicas that replied hold `target`. `clock` belongs to the
   * coordinator.
   */
  repairs(
    target: State,
    from: readonly NodeName[],
    replies: readonly (State | null)[],
    clock: StampClock,
  ): readonly Repair[];
  /** Whether enough replicas have the result of a read, so that the read may return it (blocking read repair). */
  isWrittenBack(progress: WriteBackProgress): boolean;
  /** A digest of a state for anti-entropy. Two digests are equal exactly if the states are. */
  digest(state: State): string;
  /**
   * The leaf hash of a key with the durable state `state`, whose digest is `digest`. `before` is the key's previous
   * leaf hash.
   */
  leafHash(key: string, state: State, digest: string, before: EntryHash | null): EntryHash;
  /**
   * The largest number of keys that one step of an exchange compares, unless a single leaf has more. The others wait
   * for a later exchange.
   */
  keysAtOnce(): number;
  /** The keys that `self` sends to `peer` for anti-entropy, out of the `keys` whose states differ. */
  copies(self: NodeName, peer: NodeName, keys: readonly string[]): readonly string[];
  /** Decides when tombstones are removed, and what is left of them. */
  readonly tombstones: TombstonePart;
  /** Makes the decisions about membership changes that a planted bug can replace. */
  readonly membership: MembershipPart;
  /** What recovery keeps of a log. `segments` has the log's segments, the oldest first. */
  recover(segments: readonly RecoveredSegment[]): Recovery;
  /**
   * Whether a node serves clients or peers. `recovered` tells whether the node is ready for them: it has read its logs
   * and, for clients, has also learned a ring that may have changed.
   */
  serves(recovered: boolean): boolean;
  /** Decides how a log is compacted. */
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
    // A node that is not a member has no peers.
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
  // The hint may contain newer versions than those delivered, and must then stay.
  forgetsHint: (latest, delivered) => merge(delivered, latest) === delivered,
  // Under sloppy quorums hints never get too old: a hint that counted as a confirmation may be the last copy of an
  // acknowledged write.
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
  // Counts each replica once. At the start of a read nothing counts: messages from before the read say nothing about
  // writes that were acknowledged since.
  counts: (_host, read, arrived) =>
    arrived === null || read.from.includes(arrived.from) ? noReplies : [arrived],
  isAnswered: ({ replies, needed, from, primaries, neededPrimaries }) =>
    replies.length >= needed && countAmong(from, primaries) >= neededPrimaries,
  isAnsweredLate: () => false,
  // Some replica may have stored the write, whatever replies arrived, so the code is never definite.
  timeoutCode: () => "timeout",
  // The node that did not answer may have stored the put, so another try could store it twice.
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
  // With N − R + 1 replicas, every later read quorum of R replicas includes one of them.
  isWrittenBack: ({ replicas, needed, durableOn }) =>
    durableOn.size >= replicas.length - needed + 1,
  digest,
  leafHash: (key, _state, digest) => entryHash(key, digest),
  // The limit keeps exchanges from flooding a node that returns.
  keysAtOnce: () => 500,
  copies: (_self, _peer, keys) => keys,
  tombstones: healthyTombstones,
  membership: healthyMembership,
  recover: (segments) => {
    const records: LogRecord[] = [];
    for (const { entries } of segments)
      for (const entry of entries) if (entry.whole) records.push(entry.record);
    // A crash damages only the end of the log, which is cut. Damage further up comes from the disk, and the intact
    // entries after it stay.
    const last = segments.at(-1)?.entries ?? [];
    const torn = last.at(-1)?.whole === false;
    return { records, keepEntries: last.length - (torn ? 1 : 0) };
  },
  serves: (recovered) => recovered,
  compaction: healthyCompaction,
};
