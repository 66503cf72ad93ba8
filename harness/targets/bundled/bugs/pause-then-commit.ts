/**
 * After a pause, a node expects its links to be dead and tries to answer fast: for half a second it answers reads from
 * the replies that it collected for earlier reads of the key. Writes acknowledged meanwhile are missing. Jepsen's
 * finding on Aerospike is of this class: a paused node continued with outdated work. The bug must break `acknowledged`
 * and `regular-stamped`.
 */
import type { Host } from "../../../../store/host.ts";
import type { Parts, ReadReply } from "../../../../store/parts.ts";

const tickMs = 50;
/** A larger gap between two ticks means that the process was paused. */
const stoppedUs = 200_000;
const graceUs = 500_000;

interface Memory {
  /** Reads before this time are answered from `replies`. */
  untilUs: number;
  readonly replies: Map<string, readonly ReadReply[]>;
}

export default function plant(parts: Parts): Parts {
  const memories = new WeakMap<Host, Memory>();
  const memoryOf = (host: Host): Memory => {
    const known = memories.get(host);
    if (known !== undefined) return known;
    const memory: Memory = { untilUs: 0, replies: new Map() };
    memories.set(host, memory);
    watch(host, memory);
    return memory;
  };
  return {
    ...parts,
    counts(host, read, arrived) {
      const memory = memoryOf(host);
      if (arrived === null)
        return host.monotonicUs() < memory.untilUs ? (memory.replies.get(read.key) ?? []) : [];
      const counted = parts.counts(host, read, arrived);
      const all = [
        ...read.from.map((from, i) => ({ from, state: read.replies[i] ?? null })),
        ...counted,
      ];
      if (all.length >= read.needed) memory.replies.set(read.key, all);
      return counted;
    },
  };
}

function watch(host: Host, memory: Memory): void {
  let lastUs = host.monotonicUs();
  const tick = (): void => {
    const nowUs = host.monotonicUs();
    if (nowUs - lastUs > stoppedUs) memory.untilUs = nowUs + graceUs;
    lastUs = nowUs;
    host.setTimer(tickMs, tick);
  };
  host.setTimer(tickMs, tick);
}
