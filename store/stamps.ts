/**
 * Stamps for last write wins: unique and of fixed width, so that they order as plain strings.
 *
 *   1760000000000000.n1.000001.00000a   wall clock in µs · node · boot · sequence within the boot, both base 36
 *
 * Clock and node alone would tie when a node writes twice in a microsecond or its clock runs backwards, and replicas that
 * break a tie differently never agree (CASSANDRA-1039).
 */
import type { Host } from "./host.ts";

const timeWidth = 16;
const countWidth = 6;
const largestCount = 36 ** countWidth - 1;

export interface StampClock {
  /** A stamp that was never given before. */
  next(): string;
  /** Tells the clock of a stamp that it saw. */
  observe(stamp: string): void;
}

/**
 * `wall` takes the node's wall clock as it is, also when it runs backwards. `hybrid` never falls behind a stamp that it gave or saw
 * (hybrid logical clocks; Kulkarni et al., OPODIS 2014).
 */
export function stampClock(host: Host, kind: "wall" | "hybrid"): StampClock {
  if (host.boot > largestCount) throw new RangeError(`boot ${host.boot} does not fit a stamp: at most ${largestCount}`);
  const origin = `.${host.node}.${fixed(host.boot)}.`;
  let sequence = 0;
  let newest = "";
  return {
    next() {
      let timeUs = Math.max(0, Math.floor(host.wallUs()));
      if (kind === "hybrid" && newest !== "") timeUs = Math.max(timeUs, Number(newest.slice(0, timeWidth)) + 1);
      const stamp = String(timeUs).padStart(timeWidth, "0") + origin + fixed(sequence++);
      if (stamp > newest) newest = stamp;
      return stamp;
    },
    observe(stamp) {
      if (stamp > newest) newest = stamp;
    },
  };
}

function fixed(count: number): string {
  return count.toString(36).padStart(countWidth, "0");
}
