/**
 * A replica confirms a write at once and logs it 50 to 200 ms later. Cassandra does this with commitlog_sync: periodic
 * (10 s by default), and etcd #14370 is of this class: an entry was acknowledged before it was on disk. Until the
 * record is logged, it is only in the process's memory, so SIGKILL loses it. The bug must break `acknowledged`, and
 * `durable` if enough replicas are killed in time.
 */
import type { Parts } from "../../../../store/parts.ts";

/** The shortest time between the acknowledgement of a record and its logging, in ms. */
const shortestDelayMs = 50;
const longestDelayMs = 200;

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    persist(disk, record, durable, refused) {
      const delayMs =
        shortestDelayMs + Math.floor(disk.host.random() * (longestDelayMs - shortestDelayMs));
      disk.host.setTimer(delayMs, () => parts.persist(disk, record, () => {}, refused));
      durable();
    },
  };
}
