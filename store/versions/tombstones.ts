/** What deletions leave behind. */
import type { NodeName } from "../host.ts";
import type { State } from "./records.ts";
import type { StoreSettings } from "../settings.ts";

/** How far a deletion has come, as one replica of the key knows it. */
export interface Deletion {
  readonly key: string;
  /** For how long it has been durable here; a restart begins the count anew. */
  readonly ageMs: number;
  readonly replicas: readonly NodeName[];
  /** Replicas known to hold the tombstone, or something newer, durably. */
  readonly holders: ReadonlySet<NodeName>;
}

/** What becomes of deletions: the part of the store that a planted bug can replace. */
export interface TombstonePart {
  /** When a tombstone may go. */
  mayReap(settings: StoreSettings, deletion: Deletion): boolean;
  /**
   * What a replica still knows of a tombstone that it dropped, and for reapedMs refuses older versions by; null:
   * nothing.
   */
  remains(settings: StoreSettings, tombstone: State): State | null;
  /**
   * From which counter on a boot that forgot dots of its own up to `forgotten` counts for a key that it knows nothing
   * of.
   */
  countsOnFrom(forgotten: number): number;
  /** Whether anti-entropy takes a key in this state for one that is not there. */
  equalsAbsent(settings: StoreSettings, state: State, reaped: boolean): boolean;
}

/** Whether nothing but tombstones is in it. */
export function isDeleted(state: State): boolean {
  return state.kind === "stamped"
    ? state.value === null
    : state.siblings.every(({ value }) => value === null);
}

/**
 * A deletion without what later puts would stand beside: siblings keep the context alone, which still knows every
 * version that is gone. Under last write wins the stamp is all there is.
 */
export function bare(tombstone: State): State {
  return tombstone.kind === "stamped"
    ? tombstone
    : { kind: "siblings", siblings: [], context: tombstone.context };
}

/** How old a hint may get: delivered later, it might bring back what a tombstone that is gone had deleted. */
export function refusesForMs({ deletes, graceMs, reapedMs }: StoreSettings): number {
  return deletes === "grace" ? graceMs : deletes === "reap" ? reapedMs : Infinity;
}

export const healthyTombstones: TombstonePart = {
  mayReap: ({ deletes, graceMs }, { ageMs, replicas, holders }) => {
    switch (deletes) {
      case "keep":
        return false;
      case "grace":
        return ageMs >= graceMs;
      case "reap":
        return ageMs >= graceMs && replicas.every((node) => holders.has(node));
      case "physical":
        return true;
    }
  },
  remains: ({ deletes, reapedMs }, tombstone) =>
    deletes === "reap" && reapedMs > 0 ? bare(tombstone) : null,
  // A dot given twice would be taken for the older write by whoever knows that one (riak_kv #679).
  countsOnFrom: (forgotten) => forgotten,
  equalsAbsent: ({ deletes }, state) => deletes !== "keep" && isDeleted(state),
};
