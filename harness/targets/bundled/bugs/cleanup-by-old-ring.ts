/**
 * While a change ends, clean-up goes by the ring as it was before, and takes what a new owner has just been sent for a
 * leftover (CASSANDRA-16418). Must break converged where nothing but hints repairs.
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
