/**
 * While a change ends, clean-up uses the old ring and deletes what a new owner has just received (CASSANDRA-16418). If
 * only hints repair, the bug must break `converged`, `durable` or `regular-stamped`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    membership: {
      ...parts.membership,
      isLeftover: (state, key) =>
        parts.membership.isLeftover(state, key) ||
        (state.under?.step === "drop" && !key.before.includes(key.self)),
    },
  };
}
