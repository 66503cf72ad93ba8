/** The stamps that this target's clients give their writes, as `USING TIMESTAMP`. */

/**
 * `unique`: microseconds, never the same twice. `milliseconds`: as many clients do it, so that two writes can tie.
 * `server`: none.
 */
export type StampKind = "unique" | "milliseconds" | "server";

export interface Stamps {
  /** Null: the coordinator stamps the write. */
  next(client: string): bigint | null;
  /** The clock of this client is ahead by so much from now on. */
  setAheadMs(client: string, aheadMs: number): void;
}

export interface StampOptions {
  readonly kind: StampKind;
  /** Of stamps in milliseconds: the clock goes on in steps of so many. Default: 1. */
  readonly stepMs?: number;
  /** The machine's clock, in milliseconds since 1970, with fractions. */
  readonly nowMs?: () => number;
}

const digits = 20;

/** A stamp as the name of a version: names of one key order as stamps do. */
export const versionOf = (stamp: bigint): string => stamp.toString().padStart(digits, "0");

/** Stamps of all clients of a history. */
export const createStamps = ({
  kind,
  stepMs = 1,
  nowMs = () => performance.timeOrigin + performance.now(),
}: StampOptions): Stamps => {
  const aheadMs = new Map<string, number>();
  const given = new Set<bigint>();
  /** Whoever asks, and however far apart their clocks are. */
  const unique = (atMs: number): bigint => {
    let stamp = BigInt(Math.floor(atMs * 1000));
    while (given.has(stamp)) stamp += 1n;
    given.add(stamp);
    return stamp;
  };
  return {
    next: (client) => {
      if (kind === "server") return null;
      const atMs = nowMs() + (aheadMs.get(client) ?? 0);
      return kind === "unique" ? unique(atMs) : BigInt(Math.floor(atMs / stepMs) * stepMs) * 1000n;
    },
    setAheadMs: (client, ms) => void aheadMs.set(client, ms),
  };
};
