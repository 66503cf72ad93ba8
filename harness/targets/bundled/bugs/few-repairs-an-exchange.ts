/**
 * An exchange repairs one key and leaves the rest to later ones, so that replicas which differ in much take longer to
 * become equal than is promised: riak_kv #1793 and #1805 (at most 256 deltas an exchange). Must break converged where
 * anti-entropy is the only mechanism and many keys differ.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, copies: (self, peer, keys) => parts.copies(self, peer, keys).slice(0, 1) };
}
