/**
 * A read whose time is up answers from whatever replies it has, as if they were a quorum (a timeout taken for an
 * answer). Must break acknowledged.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, isAnsweredLate: ({ replies }) => replies.length > 0 };
}
