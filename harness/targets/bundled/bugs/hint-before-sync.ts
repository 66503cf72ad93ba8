/**
 * A fallback node confirms a hint that is still only in its memory. Cassandra buffers hints for hints_flush_period (10
 * s by default), which is harmless there because hints count for no quorum. The bug must break `acknowledged`, and
 * `durable` if the fallback nodes are killed.
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
