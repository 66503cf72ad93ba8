/**
 * A replica shows readers data in its memory that is not synced yet, so a crash takes back what a client has read. The
 * bug must break `no-dirty-read`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, shown: ({ latest }) => latest };
}
