/**
 * A quorum stamp counts on from the first reply instead of the newest. A write may get a smaller stamp than an earlier
 * acknowledged write. The bug must break `regular`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, newestStamp: (told) => told[0] ?? undefined };
}
