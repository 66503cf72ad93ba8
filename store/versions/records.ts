/** The states that replicas hold and the records of logs. */
import type { RingState } from "./ring-record.ts";

/** A version vector: actor → highest covered counter. Keys are sorted, so that equal vectors have equal JSON. */
export type VersionVector = Readonly<Record<string, number>>;

/**
 * Last write wins: a value with its stamp. A null value is a tombstone. Stamps have fixed width and sort as strings.
 */
export interface StampedState {
  readonly kind: "stamped";
  readonly stamp: string;
  readonly value: string | null;
}

/** A sibling with its dot (`actor:counter`; the actor is one boot of one node). A null value is a tombstone. */
export interface Sibling {
  readonly dot: string;
  readonly value: string | null;
}

/**
 * A dotted version vector set: siblings sorted by dot. The context covers every dot ever merged, including those of the
 * siblings.
 */
export interface SiblingState {
  readonly kind: "siblings";
  readonly siblings: readonly Sibling[];
  readonly context: VersionVector;
}

/** A replica's state of one key. Immutable. */
export type State = StampedState | SiblingState;

/** An entry of a log: the whole new state of a key. */
export interface LogRecord {
  readonly key: string;
  readonly state: State;
  /** In the log of hints only: the node that the state is kept for. */
  readonly hint?: HintNote;
  /** In the log of the ring only: a version of it. The record then has no key. */
  readonly ring?: RingState;
  /** The node no longer owns the key, its owners have its data, and it dropped the key. */
  readonly dropped?: true;
  /** The replica reaped this tombstone, or dropped it after its grace time. */
  readonly reaped?: true;
}

export interface HintNote {
  readonly target: string;
  /** The wall clock of the keeping node when it began to keep data of this key for the target. */
  readonly sinceMs: number;
  /** The target has it, so the hint is done unless it grew since. */
  readonly delivered?: true;
}
