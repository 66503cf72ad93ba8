/**
 * A replica shows readers what is in its memory before it is synced, so a crash takes back what a client has read. Must
 * break no-dirty-read.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, shown: ({ latest }) => latest };
}
