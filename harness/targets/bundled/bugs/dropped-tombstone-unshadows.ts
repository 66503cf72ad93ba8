/**
 * Replay leaves out tombstones that the node had dropped, so values that they shadow in older segments come back after
 * a restart. Apache Cassandra therefore purges a tombstone only together with everything it shadows. The bug must break
 * `no-resurrection`.
 */
import type { Parts } from "../../../../store/parts.ts";
import { isDeleted } from "../../../../store/versions/tombstones.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    recover(segments) {
      const recovery = parts.recover(segments);
      const dropped = new Set(
        recovery.records.flatMap(({ key, reaped }) => (reaped === true ? [key] : [])),
      );
      return {
        ...recovery,
        records: recovery.records.filter(
          ({ key, state }) => !dropped.has(key) || !isDeleted(state),
        ),
      };
    },
  };
}
