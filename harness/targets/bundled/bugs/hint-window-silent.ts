/**
 * Hints older than a window are dropped, and nobody learns that their replica needs a repair (Apache Cassandra's
 * max_hint_window, three hours by default, here 0.2 s). The bug must break `converged` if only handoff repairs and a
 * replica is away for longer.
 */
import type { Parts } from "../../../../store/parts.ts";

const windowMs = 200;

export default function plant(parts: Parts): Parts {
  return { ...parts, isHintTooOld: (_settings, ageMs) => ageMs > windowMs };
}
