/**
 * A stamp consists only of the coordinator's clock in ticks of 10 ms and the coordinator's name. Two writes through one
 * node within a tick get the same stamp, and each replica keeps the one it saw first (Cassandra clients with
 * millisecond timestamps). The bug must break `unique-stamps`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    stamp(clock, seen) {
      const [time = "", node = ""] = parts.stamp(clock, seen).split(".");
      return `${time.slice(0, 12)}0000.${node}.000000.000000`;
    },
  };
}
