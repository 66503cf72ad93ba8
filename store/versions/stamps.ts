/**
 * Stamps for last write wins. They are unique and have a fixed width, so they sort as plain strings.
 *
 * 1760000000000000.n1.000001.00000a:
 * wall clock in µs, or a counter · node · boot · sequence within the boot (boot and sequence in base 36)
 *
 * With clock and node alone, two stamps could be equal if a node writes twice in a microsecond or its clock runs
 * backwards. Replicas that order equal stamps differently never agree (CASSANDRA-1039).
 */
import type { Host } from "../host.ts";
import type { StoreSettings } from "../settings.ts";

const timeWidth = 16;
const countWidth = 6;
const largestCount = 36 ** countWidth - 1;
/** The largest counter of a stamp: a number holds it, and the one after it, exactly. Only a faulty peer reaches it. */
const largestTimeUs = Number.MAX_SAFE_INTEGER - 1;

export interface StampClock {
  /**
   * A stamp that was never given before. For quorum stamps, `seen` is the newest stamp of the key that the asked
   * replicas reported, and is absent if they reported none.
   */
  next(seen?: string): string;
  /** Informs the clock of a stamp that the node has seen. */
  observe(stamp: string): void;
}

/**
 * The source of stamps of the kind `kind`. `wall` uses the node's wall clock, even if it runs backwards. `hybrid` never
 * gives a stamp below one that it gave or saw (hybrid logical clocks; Kulkarni et al., OPODIS 2014). `quorum` counts on
 * from the stamp that the replicas reported, whatever the clocks say (Lynch and Shvartsman, FTCS 1997).
 */
export function stampClock(host: Host, kind: StoreSettings["stamps"]): StampClock {
  if (host.boot > largestCount)
    throw new RangeError(
      `boot ${host.boot} does not fit into a stamp, which allows at most ${largestCount}`,
    );
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
 * The number of replicas whose stamps a put needs to get a quorum stamp. Any N − W + 1 replicas include one that has a
 * given write, if W replicas acknowledged it. Any R replicas include one of the N − R + 1 to which a read wrote its
 * result back before it answered. The put needs both: with N = R = W = 3, N − W + 1 is a single replica, which may not
 * have the result of an earlier read, so the put could get a stamp below that result's.
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
