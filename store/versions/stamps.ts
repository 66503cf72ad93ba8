/**
 * Stamps for last write wins: unique and of fixed width, so that they sort as plain strings.
 *
 * 1760000000000000.n1.000001.00000a:
 * wall clock in µs, or a counter · node · boot · sequence within the boot (boot and sequence in base 36)
 *
 * Clock and node alone would tie if a node writes twice in a microsecond or its clock runs backwards, and replicas that
 * break a tie differently never agree (CASSANDRA-1039).
 */
import type { Host } from "../host.ts";
import type { StoreSettings } from "../settings.ts";

const timeWidth = 16;
const countWidth = 6;
const largestCount = 36 ** countWidth - 1;
/** The largest exact counter with 16 digits. Only a faulty peer reaches it, and its stamp then stays the newest. */
const largestTimeUs = Number.MAX_SAFE_INTEGER - 1;

export interface StampClock {
  /**
   * A stamp that was never given before. `seen`: the newest stamp of the key that a quorum reported (quorum stamps
   * only; absent: none).
   */
  next(seen?: string): string;
  /** Informs the clock of a stamp that the node has seen. */
  observe(stamp: string): void;
}

/**
 * `wall` uses the node's wall clock even if it runs backwards. `hybrid` never falls behind a stamp that it gave or saw
 * (hybrid logical clocks; Kulkarni et al., OPODIS 2014). `quorum` counts on from the given stamp, whatever the clocks
 * say (Lynch and Shvartsman, FTCS 1997).
 */
export function stampClock(host: Host, kind: StoreSettings["stamps"]): StampClock {
  if (host.boot > largestCount)
    throw new RangeError(`boot ${host.boot} does not fit a stamp: at most ${largestCount}`);
  const origin = `.${host.node}.${fixed(host.boot)}.`;
  let sequence = 0;
  let newest = "";
  return {
    next(seen) {
      let timeUs = kind === "quorum" ? timeOf(seen) + 1 : Math.max(0, Math.floor(host.wallUs()));
      if (kind === "hybrid" && newest !== "") timeUs = Math.max(timeUs, timeOf(newest) + 1);
      const stamp =
        String(Math.min(timeUs, largestTimeUs)).padStart(timeWidth, "0") +
        origin +
        fixed(sequence++);
      if (stamp > newest) newest = stamp;
      return stamp;
    },
    observe(stamp) {
      if (stamp > newest) newest = stamp;
    },
  };
}

/**
 * The number of replicas from which a quorum stamp is read. N − W + 1 of them meet every write that W replicas
 * acknowledged. R of them meet everything that a read wrote back to N − R + 1 before it answered. With N = R = W = 3, N
 * − W + 1 is a single replica, perhaps not the one to which a read wrote back, so a later write could be ordered before
 * what that read returned.
 */
export function stampQuorum({ n, r, w }: StoreSettings): number {
  return Math.max(n - w + 1, r);
}

function timeOf(stamp: string | undefined): number {
  return stamp === undefined ? 0 : Number(stamp.slice(0, timeWidth));
}

function fixed(count: number): string {
  return count.toString(36).padStart(countWidth, "0");
}
