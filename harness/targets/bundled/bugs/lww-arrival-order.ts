/**
 * Last write wins by order of arrival: a replica keeps what arrived last and ignores stamps, as Riak's blind puts with
 * last_write_wins=true do without reading the old value. Two replicas that receive concurrent writes in different
 * orders differ, and anti-entropy only swaps their values. The bug must break `converged`. A late old write also
 * replaces an acknowledged newer one (`durable`, `regular-stamped`, `staleness`).
 */
import type { Parts } from "../../../../store/parts.ts";
import type { State } from "../../../../store/versions/records.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    merge: (stored, incoming) => (stored !== null && isSame(stored, incoming) ? stored : incoming),
  };
}

function isSame(stored: State, incoming: State): boolean {
  return (
    stored.kind === "stamped" && incoming.kind === "stamped" && stored.stamp === incoming.stamp
  );
}
