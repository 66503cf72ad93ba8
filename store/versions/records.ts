/** What replicas hold and logs keep. */
import type { RingState } from "./ring-record.ts";

/** A version vector: actor → highest counter covered. Keys sorted, so that equal vectors have equal JSON. */
export type VersionVector = Readonly<Record<string, number>>;

/**
 * Last write wins: one value under its stamp. value null is a tombstone. Stamps are fixed width and order as strings.
 */
export interface StampedState {
  readonly kind: "stamped";
  readonly stamp: string;
  readonly value: string | null;
}

/** One sibling under its dot (`actor:counter`, the actor one boot of one node). value null is a tombstone. */
export interface Sibling {
  readonly dot: string;
  readonly value: string | null;
}

/**
 * A dotted version vector set: siblings sorted by dot; context covers every dot ever merged in, those of the siblings
 * included.
 */
export interface SiblingState {
  readonly kind: "siblings";
  readonly siblings: readonly Sibling[];
  readonly context: VersionVector;
}

/** What a replica holds for one key. A value: never changed in place. */
export type State = StampedState | SiblingState;

/** One entry of a log: the whole new state of a key. */
export interface LogRecord {
  readonly key: string;
  readonly state: State;
  /** The log of hints only: what is kept for another node. */
  readonly hint?: HintNote;
  /** The log of the ring only: a version of it. The record has no key then. */
  readonly ring?: RingState;
  /** The node owns the key no more, and its owners have what it held: it dropped it. */
  readonly dropped?: true;
  /** The replica reaped this tombstone, or dropped it after its grace time. */
  readonly reaped?: true;
}

export interface HintNote {
  readonly target: string;
  /** The keeper's wall clock when it began to keep something of this key for the target. */
  readonly sinceMs: number;
  /** The target has it: the hint is over, unless it grew since. */
  readonly delivered?: true;
}
