/**
 * A replica confirms a write at once and logs it a while later, as under a commit log that is synced periodically:
 * Cassandra's commitlog_sync: periodic (10 s by default), and the class of etcd #14370, an acknowledgement sent before
 * the entry was on disk. Until then the record is in the process's memory only, so that SIGKILL is enough to lose it:
 * what write() has handed to the kernel would survive that. Must break acknowledged, and durable once W replicas are
 * killed in time.
 */
import type { Parts } from "../../../../store/parts.ts";

/** Between an acknowledgement and the log. */
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
