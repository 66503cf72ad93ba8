/**
 * A read returns once one replica fewer than N − R + 1 holds its result, so a later read quorum can miss it. Attiya,
 * Bar-Noy and Dolev (JACM 1995) need all N − R + 1. The bug must break `monotonic-reads`, and `linearizable` under
 * quorum stamps.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    isWrittenBack: (progress) => parts.isWrittenBack({ ...progress, needed: progress.needed + 1 }),
  };
}
