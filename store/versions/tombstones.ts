/** What deletes leave behind. */
import type { NodeName } from "../host.ts";
import type { State } from "./records.ts";
import type { StoreSettings } from "../settings.ts";

/** The progress of a delete as one replica of the key knows it. */
export interface Deletion {
  readonly key: string;
  /** How long it has been durable here. A restart resets it. */
  readonly ageMs: number;
  readonly replicas: readonly NodeName[];
  /** Replicas known to hold the tombstone, or something newer, durably. */
  readonly holders: ReadonlySet<NodeName>;
}

/** Decisions about tombstones that a planted bug can replace. */
export interface TombstonePart {
  /** Whether a tombstone may be removed. */
  mayReap(settings: StoreSettings, deletion: Deletion): boolean;
  /** The remainder of a dropped tombstone, by which a replica refuses older versions for reapedMs. Null: none. */
  remains(settings: StoreSettings, tombstone: State): State | null;
  /** The counter from which a boot that forgot its own dots up to `forgotten` continues for an unknown key. */
  countsOnFrom(forgotten: number): number;
  /** Whether anti-entropy treats a key in this state as absent. */
  equalsAbsent(settings: StoreSettings, state: State, reaped: boolean): boolean;
}

/** Whether the state contains only tombstones. */
export function isDeleted(state: State): boolean {
  return state.kind === "stamped"
    ? state.value === null
    : state.siblings.every(({ value }) => value === null);
}

/**
 * A tombstone without its siblings, which would stay beside later puts. The context stays and still covers all removed
 * versions. Under last write wins the tombstone stays as it is.
 */
export function bare(tombstone: State): State {
  return tombstone.kind === "stamped"
    ? tombstone
    : { kind: "siblings", siblings: [], context: tombstone.context };
}

/** The largest age of a hint: delivered later, it could bring back data whose tombstone was removed. */
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
  // A node that knows the older write would take a reused dot for it (riak_kv #679).
  countsOnFrom: (forgotten) => forgotten,
  equalsAbsent: ({ deletes }, state) => deletes !== "keep" && isDeleted(state),
};
