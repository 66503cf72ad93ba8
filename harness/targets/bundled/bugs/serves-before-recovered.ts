/**
 * A node serves clients and peers as soon as it runs. It has not read its logs yet, so it answers that it holds
 * nothing. The bug must break `retained`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, serves: () => true };
}
