/**
 * What a replica still knows about the keys that it has forgotten. That is enough never to issue a dot twice, and never
 * a stamp below one that it has seen.
 */
import type { Parts } from "../parts.ts";
import type { SiblingState, State, VersionVector } from "../versions/records.ts";

export class Forgotten {
  readonly #parts: Parts;
  readonly #actor: string;
  /**
   * The newest of all forgotten stamps. A put's quorum stamp is then above each of them. Null if no stamp was
   * forgotten.
   */
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
   * The state on which a put builds if the replica holds `state`. The put's dot is then above all forgotten dots. Dots
   * that are skipped belong to no write of this key that still counts.
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
