/** The stamps that this target's clients give their writes, as `USING TIMESTAMP`. */

/** `unique`: microseconds, never the same twice. `milliseconds`: as many clients do it, so that two writes can tie. `server`: none. */
export type StampKind = "unique" | "milliseconds" | "server";

export interface Stamps {
  /** Null: the coordinator stamps the write. */
  next(): bigint | null;
  /** The clock of all clients is ahead by so much from now on. */
  setAheadMs(aheadMs: number): void;
}

const digits = 20;

/** A stamp as the name of a version: names of one key order as stamps do. */
export const versionOf = (stamp: bigint): string => stamp.toString().padStart(digits, "0");

/**
 * @param nowMs The clients' clock, in milliseconds since 1970, with fractions.
 */
export const createStamps = (
  kind: StampKind,
  nowMs: () => number = () => performance.timeOrigin + performance.now(),
): Stamps => {
  let last = 0n;
  let aheadMs = 0;
  const unique = (): bigint => {
    const now = BigInt(Math.floor(nowMs() * 1000));
    last = now > last ? now : last + 1n;
    return last + BigInt(Math.round(aheadMs * 1000));
  };
  return {
    next: () => {
      if (kind === "server") return null;
      if (kind === "unique") return unique();
      return BigInt(Math.floor(nowMs() + aheadMs)) * 1000n;
    },
    setAheadMs: (ms) => {
      aheadMs = ms;
    },
  };
};
