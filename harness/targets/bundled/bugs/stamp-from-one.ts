/**
 * A quorum stamp is read from one replica instead of a quorum. The bug must break `regular` (Lynch and Shvartsman need
 * a majority in both phases).
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, stampReplicas: () => 1 };
}
