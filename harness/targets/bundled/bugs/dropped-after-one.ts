/**
 * A node drops a key that it no longer owns once one owner has it, not once every owner has it. If another owner had
 * missed a write, one replica fewer has the write after the change. The bug must break `handed-over`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    membership: {
      ...parts.membership,
      mayDrop: (confirmed) => confirmed.size > 0,
    },
  };
}
