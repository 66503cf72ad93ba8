/**
 * A read that is one reply short when its time is up is answered from the R − 1 replies that it has, "better than an
 * error": a slow or cut-off replica is enough. Must break acknowledged; and regular-stamped, where the missing reply
 * was the only one with the newest write.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    isAnsweredLate: (progress) =>
      progress.replies.length > 0 && progress.replies.length >= progress.needed - 1,
  };
}
