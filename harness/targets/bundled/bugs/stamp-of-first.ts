/**
 * A quorum stamp counts on from the first reply instead of the newest. A write may be ordered before one that was
 * acknowledged before it began. Must break regular.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, newestStamp: (told) => told[0] ?? undefined };
}
