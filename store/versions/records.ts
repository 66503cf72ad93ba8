/** The states of keys that replicas hold, and the records of logs. */
import type { RingState } from "./ring-record.ts";

/**
 * A version vector: for each actor, the highest counter that it covers. Keys are sorted, so that equal vectors have
 * equal JSON.
 */
export type VersionVector = Readonly<Record<string, number>>;

/**
 * A state under last write wins: a value with its stamp. If the value is null, the state is a tombstone. Stamps have a
 * fixed width and sort as strings.
 */
export interface StampedState {
  readonly kind: "stamped";
  readonly stamp: string;
  readonly value: string | null;
}

/**
 * A sibling with its dot, `actor:counter`. An actor is one boot of one node. If the value is null, the sibling is a
 * tombstone.
 */
export interface Sibling {
  readonly dot: string;
  readonly value: string | null;
}

/**
 * A state with siblings: a dotted version vector set. Siblings are sorted by dot. The context covers every dot that was
 * ever merged into the state, also those of the siblings.
 */
export interface SiblingState {
  readonly kind: "siblings";
  readonly siblings: readonly Sibling[];
  readonly context: VersionVector;
}

/** A replica's state of one key. States are immutable. */
export type State = StampedState | SiblingState;

/** An entry of a log: a key with its whole new state. */
export interface LogRecord {
  readonly key: string;
  readonly state: State;
  /** Only in the log of hints: the replica for which the state is kept. */
  readonly hint?: HintNote;
  /** Only in the log of the ring: a version of the ring. The record's key is then empty. */
  readonly ring?: RingState;
  /** Set when the node dropped the key: it no longer owns the key, and the owners have its data. */
  readonly dropped?: true;
  /** Set when the replica reaped this tombstone, or dropped it after graceMs. */
  readonly reaped?: true;
}

export interface HintNote {
  readonly target: string;
  /** The time, in ms of this node's wall clock, when the node began to keep data of this key for the target. */
  readonly sinceMs: number;
  /** Set once the hint's state was delivered or was too old. The hint is then done, unless it has grown since. */
  readonly delivered?: true;
}
