/**
 * A replica drops its tombstone once the tombstone is old enough, even if other replicas lack it. A replica that missed
 * the delete still holds the value, no other replica knows of the delete any more, and the value comes back (riak_kv
 * #311, deletes undone by a fallback that had never heard of them). The bug must break `no-resurrection`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    tombstones: {
      ...parts.tombstones,
      mayReap: ({ graceMs }, { ageMs }) => ageMs >= graceMs,
      remains: () => null,
    },
  };
}
