/** Decides when tombstones are removed, what is left of them, and how repair treats them. */
import type { NodeName } from "../host.ts";
import type { State } from "./records.ts";
import type { StoreSettings } from "../settings.ts";

/** A delete, as one replica of its key knows it. */
export interface Deletion {
  readonly key: string;
  /** The time for which the tombstone has been durable on this replica. A restart sets it back to 0. */
  readonly ageMs: number;
  readonly replicas: readonly NodeName[];
  /** The replicas that are known to have the tombstone, or a newer state, durable. */
  readonly holders: ReadonlySet<NodeName>;
}

/** Decisions about tombstones that a planted bug can replace. */
export interface TombstonePart {
  /** Whether a tombstone may be removed. */
  mayReap(settings: StoreSettings, deletion: Deletion): boolean;
  /**
   * The remainder of a dropped tombstone, with which a replica refuses older versions for reapedMs. Null if nothing
   * remains.
   */
  remains(settings: StoreSettings, tombstone: State): State | null;
  /**
   * A counter that the next dot of this boot must exceed. The boot has forgotten dots of its own up to counter
   * `forgotten`.
   */
  countsOnFrom(forgotten: number): number;
  /** Whether anti-entropy and read repair treat a key with this state as absent. */
  equalsAbsent(settings: StoreSettings, state: State, reaped: boolean): boolean;
}

/** Whether the state contains no value, but at most tombstones. */
export function isDeleted(state: State): boolean {
  return state.kind === "stamped"
    ? state.value === null
    : state.siblings.every(({ value }) => value === null);
}

/**
 * The tombstone without its siblings, which would otherwise stay beside later puts. The context stays, and still covers
 * all removed versions. Under last write wins, the tombstone itself.
 */
export function bare(tombstone: State): State {
  return tombstone.kind === "stamped"
    ? tombstone
    : { kind: "siblings", siblings: [], context: tombstone.context };
}

/**
 * With `grace` and `reap`, the age above which a hint must not be delivered: it could bring back data whose tombstone
 * has been removed. Otherwise there is no such limit.
 */
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
  // If a dot were used twice, a node that knows the older write would take the newer one for it (riak_kv #679).
  countsOnFrom: (forgotten) => forgotten,
  equalsAbsent: ({ deletes }, state) => deletes !== "keep" && isDeleted(state),
};
