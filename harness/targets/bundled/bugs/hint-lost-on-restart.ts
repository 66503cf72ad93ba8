/**
 * Hints are kept in the process's memory only: a node that restarts before it could hand them over has forgotten what
 * it kept for others (riak_core #154, fallback data orphaned by a restart). Must break converged where handoff is the
 * only mechanism: the replica that was away never gets the write.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, persistHint: (_disk, _record, durable, _refused) => durable() };
}
