/**
 * The first replica of a key drops its tombstone alone. Anti-entropy takes the missing tombstone for a missing key and
 * copies the tombstone back. The replica drops it again, and so on without end (riak_kv #1813). The bug must break
 * `repair-quiescent`.
 */
import type { Parts } from "../../../../store/parts.ts";
import type { StoreSettings } from "../../../../store/settings.ts";
import type { Deletion } from "../../../../store/versions/tombstones.ts";

export default function plant(parts: Parts): Parts {
  const tombstones = {
    ...parts.tombstones,
    mayReap: ({ graceMs }: StoreSettings, { ageMs, replicas, holders }: Deletion) =>
      ageMs >= graceMs && holders.size === 1 && holders.has(replicas[0] ?? ""),
    remains: () => null,
    equalsAbsent: () => false,
  };
  return { ...parts, tombstones };
}
