/**
 * Of two rings with the same version each node keeps the one it saw first, so nodes may never agree if two operators
 * ask at the same time. The bug must break `ring-agreed`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    membership: {
      ...parts.membership,
      adopts: (mine, shown) => shown.version > mine.version,
    },
  };
}
