/**
 * Digest reads (Cassandra documentation, "Dynamo": a coordinator asks one replica for the data and the others for
 * digests). A reply whose digest matches the full state counts as that state. A replica whose digest differs is asked
 * for its full state too.
 */
import type { NodeName } from "../host.ts";
import type { ReadReply } from "../parts.ts";
import type { State, VersionVector } from "../versions/records.ts";
import { describes } from "../versions/states.ts";

/** The versions of one key that a replica holds, without their values. */
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
  /** The first full state that arrived. Undefined until then. */
  #full: State | null | undefined;
  /** The digests that arrived before any full state and wait for it. */
  readonly #held: Held[] = [];
  /**
   * Replicas that were asked for their full state after their digest had arrived. When the full state comes, that state
   * counts, since it may have changed in the meantime. The digest counts only if another replica's full state matches
   * it.
   */
  readonly #asked = new Map<NodeName, StateDigest>();
  #waits = true;

  constructor(needed: number, readInFull: (from: NodeName) => void) {
    this.#needed = needed;
    this.#readInFull = readInFull;
  }

  /** Whether the read must wait: a replica was asked for its full state, which may be newer, and has not sent it. */
  get awaitsState(): boolean {
    return this.#waits && this.#asked.size > 0;
  }

  /**
   * Stops waiting for the replicas asked for their full state. Their digests were never counted, so a quorum of the
   * others is enough.
   */
  waitNoLonger(): void {
    this.#waits = false;
  }

  /** Notes the full state of `from`. Returns the replies that count from now on because of this state. */
  arrivedInFull(from: NodeName, state: State | null): readonly ReadReply[] {
    this.#asked.delete(from);
    const replies: ReadReply[] = [{ from, state }];
    // Another replica's digest may match this state. That digest counts at once, since the other replica may be gone by
    // now.
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
    // This reply completes a quorum of digests, but no full state has arrived yet: asks this replica for its full
    // state.
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
