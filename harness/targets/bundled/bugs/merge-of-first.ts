/**
 * The coordinator waits for R replies and then returns the first one, not the merge of all: the quorum's overlap is
 * there, and unused. Of the class of CASSANDRA-1830, where a read resolved its replies without the newest among them. A
 * replica that missed a write and happens to reply first makes an acknowledged write invisible: must break
 * regular-stamped, and acknowledged, which asks that a read return the merge of what it counted.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, answer: (replies) => replies[0] ?? null };
}
