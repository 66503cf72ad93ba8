/**
 * A node that stands in for a replica confirms a hint which is still in its memory: Cassandra buffers hints for
 * hints_flush_period (10 s by default), which is harmless only because they count for no quorum. Must break
 * acknowledged, and durable once the stand-ins are killed.
 */
import type { Parts } from "../../../../store/parts.ts";

const flushMs = 200;

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    persistHint(disk, record, durable, refused) {
      disk.host.setTimer(flushMs, () => parts.persistHint(disk, record, () => {}, refused));
      durable();
    },
  };
}
