/** The stamps that this target's clients give their writes with `USING TIMESTAMP`. */

/**
 * `unique`: microseconds, never the same twice. `milliseconds`: whole milliseconds, which many clients use, so that two
 * writes can tie. `server`: clients give no stamps.
 */
export type StampKind = "unique" | "milliseconds" | "server";

export interface Stamps {
  /** The stamp for a client's next write. Null: the coordinator stamps the write. */
  next(client: string): bigint | null;
  /** Sets how far this client's clock is ahead. */
  setAheadMs(client: string, aheadMs: number): void;
}

export interface StampOptions {
  readonly kind: StampKind;
  /** For stamps in milliseconds: the clock's step in ms. Default: 1. */
  readonly stepMs?: number;
  /** The machine's clock, in milliseconds since 1970, with fractions. */
  readonly nowMs?: () => number;
}

const digits = 20;

/** The version's name for a stamp. Names sort like stamps. */
export const versionOf = (stamp: bigint): string => stamp.toString().padStart(digits, "0");

/** Creates the stamps of all clients of a history. */
export const createStamps = ({
  kind,
  stepMs = 1,
  nowMs = () => performance.timeOrigin + performance.now(),
}: StampOptions): Stamps => {
  const aheadMs = new Map<string, number>();
  const given = new Set<bigint>();
  /** Unique across clients, however different their clocks are. */
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
