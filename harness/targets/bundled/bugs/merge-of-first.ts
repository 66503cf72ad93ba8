/**
 * The coordinator waits for R replies and returns the first one instead of merging all. CASSANDRA-1830 is of this
 * class: a read resolved its replies without the newest one. A replica that missed a write and replies first hides an
 * acknowledged write. The bug must break `regular-stamped`, and `acknowledged`, which requires a read to return the
 * merge of the replies it counted.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, answer: (replies) => replies[0] ?? null };
}
