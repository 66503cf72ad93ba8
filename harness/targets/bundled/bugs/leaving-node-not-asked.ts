/**
 * New owners fetch data only from nodes that stay (scylladb/scylladb #12989: writes that only the leaving node had
 * confirmed may be lost). In the bundled store, the leaving node hands such writes over later, so they reach the new
 * owners late. The bug must break `handed-over`, `regular-stamped` or `durable`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    membership: {
      ...parts.membership,
      sources: (state, self) =>
        parts.membership
          .sources(state, self)
          .filter((node) => state.under?.next.members.some((member) => member.node === node)),
    },
  };
}
