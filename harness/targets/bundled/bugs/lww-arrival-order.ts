/**
 * Last write wins by order of arrival: a replica keeps whatever reached it last and does not look at stamps, as Riak's
 * blind puts under last_write_wins=true do, which skip reading what is there. Two replicas that hear of concurrent
 * writes in different orders differ, and anti-entropy only makes them change places. Must break converged; an older
 * write that arrives late also buries an acknowledged newer one (durable, regular-stamped, staleness).
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
