/**
 * Stamps are compared by a clock that ticks every 10 ms; of two equal ones each replica keeps the one that it saw
 * first. Replicas that saw them in different orders stay different, and no repair helps, since neither is newer
 * (CASSANDRA-1039: a tie must be broken by the value, or anything else that all replicas see alike). Must break
 * converged.
 */
import type { Parts } from "../../../../store/parts.ts";

/** A stamp begins with 16 digits of microseconds. The first 12 of them count ticks of 10 ms. */
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
