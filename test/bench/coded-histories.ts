/** Histories of an atomic register, coded, made in no time: closed-loop clients, half reads, 1 % of the writes indeterminate. */
import { orderOf } from "../../checkers/order.ts";
import type { CodedRegister } from "../../checkers/ladder.ts";
import { Random } from "../../harness/sim/random.ts";

export interface Shape {
  readonly operations: number;
  readonly keys: number;
  readonly clients: number;
  /** One read of each key returns what was overwritten two hundred writes before. */
  readonly stale: boolean;
}

/** One register a key. Values of a key are in the order of their writes' starts. */
export function codedHistories({ operations, keys, clients, stale }: Shape): CodedRegister[] {
  const random = new Random(operations + 31 * keys + 7 * clients, "checkers");
  const start = new Float64Array(operations);
  const end = new Float64Array(operations);
  const effect = new Float64Array(operations);
  const of = new Int32Array(operations);
  const free = new Float64Array(clients);
  for (let operation = 0; operation < operations; operation++) {
    // In turns: a client's operations take about as long as those of the others.
    const client = operation % clients;
    const from = Math.max((free[client] as number) + random.between(1, 100), operation > 0 ? (start[operation - 1] as number) : 0);
    const until = from + random.between(200, 2_000);
    start[operation] = from;
    effect[operation] = random.between(from, until);
    end[operation] = until;
    free[client] = until;
    of[operation] = random.between(0, keys - 1);
  }
  const perKey = Array.from({ length: keys }, (): number[] => []);
  for (let operation = 0; operation < operations; operation++) perKey[of[operation] as number]?.push(operation);
  return perKey.map((own) => register(Int32Array.from(own), { start, end, effect }, random, stale));
}

interface Times {
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly effect: Float64Array;
}

function register(own: Int32Array, { start, end, effect }: Times, random: Random, stale: boolean): CodedRegister {
  const isWrite = Uint8Array.from(own, () => (random.oneIn(2) ? 1 : 0));
  const writes = own.filter((_, i) => isWrite[i] === 1);
  const reads = own.filter((_, i) => isWrite[i] === 0);
  const valueOf = new Map<number, number>();
  for (const [i, write] of writes.entries()) valueOf.set(write, i + 1);
  const returned = new Map<number, number>();
  const past: number[] = [0];
  const staleAt = stale ? Math.floor(own.length / 2) : Infinity;
  let left = stale ? 1 : 0;
  for (const [i, operation] of orderOf(effect, Int32Array.from(own)).entries()) {
    const value = valueOf.get(operation);
    if (value !== undefined) past.push(value);
    else if (i >= staleAt && left > 0 && past.length > 200) {
      left--;
      returned.set(operation, past[past.length - 200] ?? 0);
    } else returned.set(operation, past[past.length - 1] ?? 0);
  }
  return {
    writeStart: Float64Array.from([-Infinity, ...Array.from(writes, (write) => start[write] as number)]),
    writeEnd: Float64Array.from([-Infinity, ...Array.from(writes, (write) => (random.oneIn(100) ? Infinity : (end[write] as number)))]),
    readValue: Int32Array.from(reads, (read) => returned.get(read) ?? 0),
    readStart: Float64Array.from(reads, (read) => start[read] as number),
    readEnd: Float64Array.from(reads, (read) => end[read] as number),
  };
}
