/**
 * What a replica still knows about the keys that it has forgotten in this boot. That is enough for the boot never to
 * issue a dot twice, and to keep quorum stamps above the forgotten ones.
 */
import type { Parts } from "../parts.ts";
import type { SiblingState, State, VersionVector } from "../versions/records.ts";

export class Forgotten {
  readonly #parts: Parts;
  readonly #actor: string;
  /**
   * The newest of all forgotten stamps. The replica reports it for each key of which it has no stamp, so that quorum
   * stamps are above it. Null if no stamp was forgotten.
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
   * The state on which a put builds if the replica holds `state`. The put's dot is then above all forgotten dots of
   * this boot. The put may skip dots: no write of this key that still counts has one of them.
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
