/**
 * Nothing is left of a reaped tombstone: a key that is put again starts to count its dots from one. A fallback that
 * still keeps the tombstone as a hint hands it over later, and its context covers the new dot as if the new value were
 * the deleted one: it is buried (riak_kv #679, PR #1094). Must break durable.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    tombstones: { ...parts.tombstones, remains: () => null, countsOnFrom: () => 0 },
  };
}
