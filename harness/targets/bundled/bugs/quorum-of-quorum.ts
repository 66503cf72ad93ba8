/**
 * The number of replicas to wait for at QUORUM is the quorum of the quorum (CASSANDRA-1487). With N = 3 both numbers
 * are 2. With N = 5 a write waits for 2 replicas instead of 3. The bug must break `acknowledged` with N = 5.
 */
import type { Parts } from "../../../../store/parts.ts";

const majority = (of: number): number => Math.floor(of / 2) + 1;

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    isAcknowledged(progress) {
      const { key, replicas, needed, neededPrimaries, hintCounts, confirmed, hinted } = progress;
      const isQuorum = needed === majority(replicas.length);
      return parts.isAcknowledged({
        key,
        replicas,
        needed: isQuorum ? majority(needed) : needed,
        neededPrimaries,
        hintCounts,
        confirmed,
        hinted,
      });
    },
  };
}
