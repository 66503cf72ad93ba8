/**
 * A coordinator asks a quorum for the key's newest stamp, and then stamps the write with its own wall clock all the
 * same. A node whose clock is ahead writes into the future: what others acknowledge later carries a smaller stamp and
 * vanishes without an error (Kyle Kingsbury, The trouble with timestamps, 2013, on Cassandra's cells). Taking the
 * larger of clock and quorum would not do it: every later quorum would see that stamp and count on from it. Must break
 * regular and durable.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return { ...parts, stampClock: (host) => parts.stampClock(host, "wall") };
}
