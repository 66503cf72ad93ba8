/**
 * Stamps are compared by a clock with ticks of 10 ms. Of two versions with equal stamps each replica keeps the one that
 * it saw first. Replicas that saw these versions in different orders stay different, and repair does not help, since
 * neither version is newer (CASSANDRA-1039: a tie must be broken by the value, or by something else that all replicas
 * see alike). The bug must break `converged`.
 */
import type { Parts } from "../../../../store/parts.ts";

/** A stamp begins with 16 digits of microseconds, of which the first 12 count ticks of 10 ms. */
const digitsOfTicks = 12;

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    merge(stored, incoming) {
      if (stored?.kind !== "stamped" || incoming.kind !== "stamped")
        return parts.merge(stored, incoming);
      return incoming.stamp.slice(0, digitsOfTicks) > stored.stamp.slice(0, digitsOfTicks)
        ? incoming
        : stored;
    },
  };
}
