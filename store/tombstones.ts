/** What deletions leave behind. */
import type { State } from "./records.ts";
import type { StoreSettings } from "./settings.ts";

/** Whether nothing but tombstones is in it. */
export function isDeleted(state: State): boolean {
  return state.kind === "stamped" ? state.value === null : state.siblings.every(({ value }) => value === null);
}

/**
 * A deletion without what later puts would stand beside: siblings keep the context alone, which still knows every version that is gone.
 * Under last write wins the stamp is all there is.
 */
export function bare(tombstone: State): State {
  return tombstone.kind === "stamped" ? tombstone : { kind: "siblings", siblings: [], context: tombstone.context };
}

/** How old a hint may get: delivered later, it might bring back what a tombstone that is gone had deleted. */
export function refusesForMs({ deletes, graceMs, reapedMs }: StoreSettings): number {
  return deletes === "grace" ? graceMs : deletes === "reap" ? reapedMs : Infinity;
}
