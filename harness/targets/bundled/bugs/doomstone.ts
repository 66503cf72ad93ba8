/**
 * Nothing remains of a reaped tombstone, so a key that is put again counts its dots from one. A fallback that still
 * holds the tombstone as a hint hands the tombstone over later. Its context covers the new dot, so the new value is
 * dropped as deleted (riak_kv #679, PR #1094). The bug must break `durable`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    tombstones: { ...parts.tombstones, remains: () => null, countsOnFrom: () => 0 },
  };
}
