/**
 * A coordinator asks a quorum for the key's newest stamp, but then stamps the write with its own wall clock. A node
 * whose clock is ahead stamps writes in the future. Later acknowledged writes by others carry smaller stamps and vanish
 * without an error (Kyle Kingsbury, The trouble with timestamps, 2013, on Cassandra's cells). Taking the larger of
 * clock and quorum would not be this bug: later quorums would see that stamp and count on from it. Must break regular
 * and durable.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, stampClock: (host) => parts.stampClock(host, "wall") };
}
