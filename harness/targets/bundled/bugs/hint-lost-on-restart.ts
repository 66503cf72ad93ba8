/**
 * Hints are kept only in the process's memory, so a restart before the handover loses them (riak_core #154, fallback
 * data orphaned by a restart). The bug must break `converged` if only handoff repairs: the replica that was away never
 * gets the write.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, persistHint: (_disk, _record, durable, _refused) => durable() };
}
