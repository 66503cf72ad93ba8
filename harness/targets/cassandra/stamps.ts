/** The stamps that this target's clients give their writes with `USING TIMESTAMP`. */

/**
 * How clients stamp their writes. `unique`: in microseconds, and no stamp twice in a history. `milliseconds`: in whole
 * milliseconds, as many clients do, or in larger steps, so that two writes can have the same stamp. `server`: clients
 * give no stamps.
 */
export type StampKind = "unique" | "milliseconds" | "server";

export interface Stamps {
  /** Returns the stamp for a client's next write. Null: the coordinator stamps the write. */
  next(client: string): bigint | null;
  /** Sets how many ms this client's clock is ahead. */
  setAheadMs(client: string, aheadMs: number): void;
}

export interface StampOptions {
  readonly kind: StampKind;
  /** The step of the clock in ms, for stamps in milliseconds. Default: 1. */
  readonly stepMs?: number;
  /** Returns the time of the machine's clock in milliseconds since 1970, with fractions. */
  readonly nowMs?: () => number;
}

const digits = 20;

/** Returns the name of the version with this stamp. Names sort like stamps. */
export const versionOf = (stamp: bigint): string => stamp.toString().padStart(digits, "0");

/** Creates the stamps of all clients of a history. */
export const createStamps = ({
  kind,
  stepMs = 1,
  nowMs = () => performance.timeOrigin + performance.now(),
}: StampOptions): Stamps => {
  const aheadMs = new Map<string, number>();
  const given = new Set<bigint>();
  /** Returns a stamp that no client has used, however different the clients' clocks are. */
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
