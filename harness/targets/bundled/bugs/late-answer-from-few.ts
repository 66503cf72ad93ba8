/**
 * A read at its timeout answers from the replies so far as if they were a quorum. The bug must break `acknowledged`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, isAnsweredLate: ({ replies }) => replies.length > 0 };
}
