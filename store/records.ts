/** What replicas hold and logs keep. */

/** A version vector: actor → highest counter covered. Keys sorted, so that equal vectors have equal JSON. */
export type VersionVector = Readonly<Record<string, number>>;

/** Last write wins: one value under its stamp. value null is a tombstone. Stamps are fixed width and order as strings. */
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

/** A dotted version vector set: siblings sorted by dot; context covers every dot ever merged in, those of the siblings included. */
export interface SiblingState {
  readonly kind: "siblings";
  readonly siblings: readonly Sibling[];
  readonly context: VersionVector;
}

/** What a replica holds for one key. A value: never changed in place. */
export type State = StampedState | SiblingState;

/** One entry of the log: the whole new state of a key. */
export interface LogRecord {
  readonly key: string;
  readonly state: State;
}
