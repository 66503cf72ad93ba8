/**
 * Each node starts exchanges with the next node on the ring alone, which does not share all of its ranges: the class of
 * a Cassandra repair with -pr on some nodes only. Must break converged where anti-entropy is the only mechanism.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    exchangePeers: (settings, self) => parts.exchangePeers(settings, self).slice(0, 1),
  };
}
