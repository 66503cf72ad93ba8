/**
 * Digest reads (Cassandra documentation, "Dynamo": a coordinator asks one replica for the data and the others for
 * digests): a reply whose digest is that of the state read in full counts as that state; from a replica that holds
 * something else the state is read in full too.
 */
import type { NodeName } from "../host.ts";
import type { ReadReply } from "../parts.ts";
import type { State, VersionVector } from "../versions/records.ts";
import { describes } from "../versions/states.ts";

/** What a replica says that it holds: all but the values. */
export interface StateDigest {
  readonly versions: readonly string[];
  readonly context?: VersionVector;
}

interface Held {
  readonly from: NodeName;
  readonly digest: StateDigest;
}

export class Digests {
  readonly #needed: number;
  readonly #readInFull: (from: NodeName) => void;
  /** undefined: none has come yet. */
  #full: State | null | undefined;
  /** Digests that wait for a state to be compared with. */
  readonly #held: Held[] = [];
  /**
   * For the state beside the digest that they sent. That counts, by now it may be another; the digest only once another
   * replica's state turns out to be what it says.
   */
  readonly #asked = new Map<NodeName, StateDigest>();
  #waits = true;

  constructor(needed: number, readInFull: (from: NodeName) => void) {
    this.#needed = needed;
    this.#readInFull = readInFull;
  }

  /**
   * While it lasts no read may be answered: a replica is known to hold something else, perhaps newer, and has not sent
   * it.
   */
  get awaitsState(): boolean {
    return this.#waits && this.#asked.size > 0;
  }

  /**
   * Whoever was asked has had its time. Its digest never counted, so that a quorum of others is a quorum without it.
   */
  waitNoLonger(): void {
    this.#waits = false;
  }

  /** The replies that count now that `from` sent its state. */
  arrivedInFull(from: NodeName, state: State | null): readonly ReadReply[] {
    this.#asked.delete(from);
    const replies: ReadReply[] = [{ from, state }];
    // Whoever was asked may be gone: nobody waits for a second copy of what is here.
    for (const [other, digest] of this.#asked) {
      if (!describes(digest, state)) continue;
      this.#asked.delete(other);
      replies.push({ from: other, state });
    }
    if (this.#full !== undefined) return replies;
    this.#full = state;
    for (const { from: other, digest } of this.#held.splice(0))
      replies.push(...this.#compared(other, digest, state));
    return replies;
  }

  arrived(from: NodeName, digest: StateDigest): readonly ReadReply[] {
    if (this.#full !== undefined) return this.#compared(from, digest, this.#full);
    if (this.#held.some((held) => held.from === from) || this.#asked.has(from)) return [];
    // Whoever was asked for its state is slower than all that are needed, or gone: another one is asked instead.
    if (this.#held.length === this.#needed - 1) this.#ask(from, digest);
    else this.#held.push({ from, digest });
    return [];
  }

  #compared(from: NodeName, digest: StateDigest, full: State | null): readonly ReadReply[] {
    if (describes(digest, full)) return [{ from, state: full }];
    this.#ask(from, digest);
    return [];
  }

  #ask(from: NodeName, digest: StateDigest): void {
    this.#asked.set(from, digest);
    this.#readInFull(from);
  }
}
