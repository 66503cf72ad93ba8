/**
 * A coordinator asks a quorum for the key's newest stamp, but then stamps the write with its own wall clock. A node
 * whose clock is ahead stamps writes in the future. Later acknowledged writes by other nodes carry smaller stamps and
 * vanish without an error (Kyle Kingsbury, The trouble with timestamps, 2013, on Cassandra's cells). A coordinator that
 * took the larger of clock and newest stamp would not have this bug, since later quorums would see its stamp and count
 * on from it. The bug must break `regular` and `durable`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, stampClock: (host) => parts.stampClock(host, "wall") };
}
