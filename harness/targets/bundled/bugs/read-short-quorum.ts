/**
 * A read that lacks one reply at its timeout is answered from R − 1 replies, unless R is 1 ("better than an error").
 * One slow or disconnected replica is enough. The bug must break `acknowledged`, and `regular-stamped` if only the
 * missing reply had the newest write.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    isAnsweredLate: (progress) =>
      progress.replies.length > 0 && progress.replies.length >= progress.needed - 1,
  };
}
