/**
 * The parts that a store is put together from. `healthyParts` is the store; a planted bug is a function from parts to
 * parts that replaces one of them, in a file of its own, so that the healthy code never asks whether it is broken.
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

/** How far a write has come. `confirmed`: replicas that say they have it durable, each once, in order of arrival. */
export interface WriteProgress {
  readonly key: string;
  readonly replicas: readonly NodeName[];
  readonly needed: number;
  /** Of them, so many out of `replicas`. */
  readonly neededPrimaries: number;
  /** ANY: one hint would do as well. */
  readonly hintCounts: boolean;
  readonly confirmed: readonly NodeName[];
  /** Replicas that did not confirm, for which a hint is durable on the coordinator. */
  readonly hinted: readonly NodeName[];
}

/** What a replica told a read. */
export interface ReadReply {
  readonly from: NodeName;
  readonly state: State | null;
}

/** How far a read has come. `from[i]` sent `replies[i]`, each replica once, in order of arrival. */
export interface ReadProgress {
  readonly key: string;
  readonly replicas: readonly NodeName[];
  readonly needed: number;
  /** Of them, so many out of the key's preference list: `replicas` are those that were asked. */
  readonly neededPrimaries: number;
  readonly primaries: readonly NodeName[];
  readonly from: readonly NodeName[];
  readonly replies: readonly (State | null)[];
}

/** How far a read is with making durable what it will return (blocking read repair). */
export interface WriteBackProgress {
  readonly key: string;
  readonly replicas: readonly NodeName[];
  /** The R of the read. */
  readonly needed: number;
  /** Replicas known to have it durable. */
  readonly durableOn: ReadonlySet<NodeName>;
}

/** What a replica keeps its records with. */
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
   * Who stands in for unreachable replicas of the key, in order: none of its preference list; nobody under strict
   * quorums.
   */
  fallbacks(settings: StoreSettings, key: string): readonly NodeName[];
  /** The peers that anti-entropy compares with, in turn. */
  exchangePeers(settings: StoreSettings, self: NodeName): readonly NodeName[];
  /** Which key ranges are compared with that peer. */
  exchangeRanges(settings: StoreSettings, self: NodeName, peer: NodeName): readonly string[];
  /** Where this boot's stamps come from (last write wins). */
  stampClock(host: Host, kind: StoreSettings["stamps"]): StampClock;
  /** How many replicas tell their stamp before a put gets a quorum stamp. */
  stampReplicas(settings: StoreSettings): number;
  /** The newest of the stamps that replicas told, in order of arrival; null: a replica knows none. */
  newestStamp(told: readonly (string | null)[]): string | undefined;
  /** The stamp of a new put (last write wins). `seen`: the newest of the key, where a quorum was asked. */
  stamp(clock: StampClock, seen?: string): string;
  /** Under whose name this boot of this node mints dots. */
  actor(host: Host): string;
  /** The state after a put that supersedes what `context` covers; its dot is the actor's next (siblings). */
  mint(
    stored: SiblingState | null,
    actor: string,
    context: VersionVector,
    value: string | null,
  ): SiblingState;
  /** A replica that holds `stored` learns of `incoming`. Must return `stored` itself if nothing changed. */
  merge(stored: State | null, incoming: State): State;
  /** What a replica shows to readers. `latest` may not be synced yet. */
  shown(entry: { readonly latest: State | null; readonly durable: State | null }): State | null;
  /**
   * Makes the record durable; the replica confirms it, and shows it to readers, from `durable()` on. `refused()`
   * instead: nothing of it is in the log.
   */
  persist(disk: Disk, record: LogRecord, durable: () => void, refused: () => void): void;
  /**
   * Makes a hint durable: what this node keeps for a replica that missed it. A fallback node confirms it from
   * `durable()` on.
   */
  persistHint(disk: Disk, record: LogRecord, durable: () => void, refused: () => void): void;
  /** What a node keeps for a replica that missed `incoming`, where it kept `before` for it already. */
  mergeHint(before: State | null, incoming: State): State;
  /** Whether a hint that holds `latest` by now goes, once its target stored `delivered`. */
  forgetsHint(latest: State, delivered: State): boolean;
  /** Whether a hint of that age is dropped, undelivered. */
  isHintTooOld(settings: StoreSettings, ageMs: number): boolean;
  /** Whether the delivery of a target's hints begins now; notes in `underWay` that it is under way, until it ends. */
  beginsHandoff(target: NodeName, isUp: boolean, underWay: Set<NodeName>): boolean;
  /** What is delivered of a hint that holds `state`. `clock` is the deliverer's. */
  handsOver(state: State, clock: StampClock): State;
  /** To whom of those that a write was `sent` to it is sent again halfway to its timeout: a link may have lost it. */
  resends(sent: readonly NodeName[], confirmed: readonly NodeName[]): readonly NodeName[];
  /** The replicas that have confirmed a write once `from` has confirmed it, maybe for the second time. */
  confirmedBy(confirmed: readonly NodeName[], from: NodeName): readonly NodeName[];
  isAcknowledged(progress: WriteProgress): boolean;
  /**
   * The replies that a read counts in addition, now that `arrived` came in; null: at its start, before it asks anybody.
   */
  counts(host: Host, read: ReadProgress, arrived: ReadReply | null): readonly ReadReply[];
  isAnswered(progress: ReadProgress): boolean;
  /** Whether a read whose time is up is answered all the same, from what it has. */
  isAnsweredLate(progress: ReadProgress): boolean;
  /** What the client of a write hears when its time is up. */
  timeoutCode(progress: WriteProgress): ErrorCode;
  /** To which of `replicas` a put that was passed on to `tried` in vain goes next; null: to none. */
  forwardAgain(replicas: readonly NodeName[], tried: readonly NodeName[]): NodeName | null;
  /** What a read returns, from the replies that it counted, in order of arrival. */
  answer(replies: readonly (State | null)[]): State | null;
  /** What read repair sends to whom, so that those who replied hold `target`. `clock` is the coordinator's. */
  repairs(
    target: State,
    from: readonly NodeName[],
    replies: readonly (State | null)[],
    clock: StampClock,
  ): readonly Repair[];
  /** Whether a read may return what it wrote back (blocking read repair). */
  isWrittenBack(progress: WriteBackProgress): boolean;
  /** What anti-entropy compares: equal if and only if the states are. */
  digest(state: State): string;
  /**
   * How a key whose durable state is now `state`, of that digest, is entered in its Merkle tree; `before`: how it was
   * until now.
   */
  leafHash(key: string, state: State, digest: string, before: EntryHash | null): EntryHash;
  /** How many keys one step of an exchange compares at most: the rest waits for the next exchange. */
  keysAtOnce(): number;
  /** Which of `keys`, held differently, `self` sends to `peer` in an exchange. */
  copies(self: NodeName, peer: NodeName, keys: readonly string[]): readonly string[];
  /** When tombstones go, and what is left of them. */
  readonly tombstones: TombstonePart;
  /** How a node goes through a change of the ring. */
  readonly membership: MembershipPart;
  /** What recovery takes from a log's segments, oldest first. */
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
    // A node that is not on the ring has no peers.
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
  // It may have grown since.
  forgetsHint: (latest, delivered) => merge(delivered, latest) === delivered,
  // A hint that a sloppy quorum counted may be all that is left of an acknowledged write.
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
  // Each replica once; and nothing at the start: what was sent before a read began says nothing of what was
  // acknowledged since.
  counts: (_host, read, arrived) =>
    arrived === null || read.from.includes(arrived.from) ? noReplies : [arrived],
  isAnswered: ({ replies, needed, from, primaries, neededPrimaries }) =>
    replies.length >= needed && countAmong(from, primaries) >= neededPrimaries,
  isAnsweredLate: () => false,
  // Some replica may have stored it, whatever was heard.
  timeoutCode: () => "timeout",
  // Where it went first it may have been stored: a second try would be a second write.
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
  // A node that comes back is not flooded.
  keysAtOnce: () => 500,
  copies: (_self, _peer, keys) => keys,
  tombstones: healthyTombstones,
  membership: healthyMembership,
  recover: (segments) => {
    const records: LogRecord[] = [];
    for (const { entries } of segments)
      for (const entry of entries) if (entry.whole) records.push(entry.record);
    // Only the tail can be torn by a crash. Damage further up is the disk's: what is whole after it stays.
    const last = segments.at(-1)?.entries ?? [];
    const torn = last.at(-1)?.whole === false;
    return { records, keepEntries: last.length - (torn ? 1 : 0) };
  },
  serves: (recovered) => recovered,
  compaction: healthyCompaction,
};
