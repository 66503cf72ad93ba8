/**
 * A replica confirms a write at once and logs it later, as with Cassandra's commitlog_sync: periodic (10 s by default)
 * and in the class of etcd #14370, an acknowledgement before the entry was on disk. Until then the record is only in
 * the process's memory, so SIGKILL loses it. Must break acknowledged, and durable if W replicas are killed in time.
 */
import type { Parts } from "../../../../store/parts.ts";

/** The shortest time between acknowledgement and log. */
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
