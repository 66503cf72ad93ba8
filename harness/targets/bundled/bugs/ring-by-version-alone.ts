/**
 * Of two rings of the same version each node keeps the one that it saw first, so that views never agree once two
 * operators ask at a time. Must break ring-agreed.
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
