/**
 * A node serves clients and peers as soon as it runs, before it has read its logs, and says that it holds nothing. Must
 * break retained.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, serves: () => true };
}
