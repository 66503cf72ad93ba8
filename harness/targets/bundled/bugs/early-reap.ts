/**
 * A replica drops its tombstone once it is old enough, whoever else has it, and nothing is left of it: a replica that
 * missed the deletion still holds the value, finds nobody who knows better, and it comes back (riak_kv #311, deletes
 * undone by a fallback that had never heard of them). Must break no-resurrection.
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
