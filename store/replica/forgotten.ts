/**
 * What a replica keeps in common about all keys that it forgot: enough never to issue a version twice, nor a stamp
 * below one that it saw.
 */
import type { Parts } from "../parts.ts";
import type { SiblingState, State, VersionVector } from "../versions/records.ts";

export class Forgotten {
  readonly #parts: Parts;
  readonly #actor: string;
  /** The newest of all forgotten stamps. A quorum stamp taken from it exceeds each of them. Null: none. */
  stamp: string | null = null;
  #counter = 0;

  constructor(parts: Parts, actor: string) {
    this.#parts = parts;
    this.#actor = actor;
  }

  add(state: State): void {
    if (state.kind === "siblings")
      this.#counter = Math.max(this.#counter, state.context[this.#actor] ?? 0);
    else if (this.stamp === null || state.stamp > this.stamp) this.stamp = state.stamp;
  }

  /**
   * The state that a put builds on if the replica holds `state`: its next dot is above all forgotten ones. Skipped dots
   * belong to no write of this key that still counts.
   */
  under(state: SiblingState | null): SiblingState | null {
    const from = this.#parts.tombstones.countsOnFrom(this.#counter);
    if (from <= (state?.context[this.#actor] ?? 0)) return state;
    const context = withCounter(state?.context ?? {}, this.#actor, from);
    return { kind: "siblings", siblings: state?.siblings ?? [], context };
  }
}

function withCounter(context: VersionVector, actor: string, counter: number): VersionVector {
  return Object.fromEntries(
    Object.entries({ ...context, [actor]: counter }).sort(([one], [other]) =>
      one < other ? -1 : 1,
    ),
  );
}
