/**
 * A stream to a new owner that breaks off half way counts as done (dalmatinerdb #126: a failed handoff deletes the
 * source). The new owner may then lack what was not sent. The bug must break `handed-over`, `regular-stamped` or
 * `durable`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    membership: {
      ...parts.membership,
      isFetched: (fetched, failed, sources) =>
        sources.every((node) => fetched.has(node) || failed.has(node)),
    },
  };
}
