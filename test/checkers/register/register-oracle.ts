/** Decides the levels of a register by their definitions, for tiny histories: tries every order. */
export interface TinyWrite {
  readonly startMs: number;
  /** The time of the acknowledgement, or Infinity if the write is indeterminate. */
  readonly endMs: number;
}

/** A read. `value` is the index of the write that it returned, or −1 if it returned the initial value. */
export interface TinyRead {
  readonly value: number;
  readonly startMs: number;
  readonly endMs: number;
}

export interface Tiny {
  readonly writes: readonly TinyWrite[];
  readonly reads: readonly TinyRead[];
}

/** Whether a read ended before the write that it returned had begun. That is illegal at every level. */
const fromTheFuture = ({ writes, reads }: Tiny): boolean =>
  reads.some((read) => read.value >= 0 && read.endMs < (writes[read.value] as TinyWrite).startMs);

/**
 * Whether some order of all operations respects real time and is legal for a register. Indeterminate writes may be left
 * out.
 */
export function isLinearizable(tiny: Tiny): boolean {
  const operations = [
    ...tiny.writes.map((write, value) => ({ ...write, value, write: true })),
    ...tiny.reads.map((read) => ({ ...read, write: false })),
  ];
  const all = (1 << operations.length) - 1;
  const required = operations.reduce(
    (mask, { endMs }, i) => (endMs === Infinity ? mask : mask | (1 << i)),
    0,
  );
  const search = (done: number, value: number): boolean => {
    if ((done & required) === required) return true;
    for (let i = 0; i < operations.length; i++) {
      const next = operations[i] as (typeof operations)[number];
      if ((done & (1 << i)) !== 0 || (!next.write && next.value !== value)) continue;
      const waits = operations.some(
        (other, j) => (all & ~done & (1 << j)) !== 0 && j !== i && other.endMs < next.startMs,
      );
      if (!waits && search(done | (1 << i), next.write ? next.value : value)) return true;
    }
    return false;
  };
  return search(0, -1);
}

/**
 * Whether some order of the writes makes every read legal: no write that comes after the returned one in this order was
 * acknowledged before the read began.
 */
export function isRegular({ writes, reads }: Tiny, respectsRealTime: boolean): boolean {
  if (fromTheFuture({ writes, reads })) return false;
  for (const order of permutations(writes.map((_, i) => i))) {
    const place = new Map(order.map((write, i) => [write, i]));
    const rank = (write: number): number => place.get(write) ?? -1;
    const realTime = writes.every((a, i) =>
      writes.every((b, j) => !(a.endMs < b.startMs) || rank(i) < rank(j)),
    );
    if (respectsRealTime && !realTime) continue;
    if (
      reads.every((read) =>
        writes.every((write, i) => !(write.endMs < read.startMs && rank(i) > rank(read.value))),
      )
    )
      return true;
  }
  return false;
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}
