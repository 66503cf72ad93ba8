/**
 * Generates histories of any length from a store that keeps an isolation level. Each transaction reads the state at its
 * start and commits later, or happens at one moment.
 */
import { chance } from "../support.ts";
import type {
  MicroOperation,
  Transaction,
  TransactionModel,
} from "../../../checkers/transactions/index.ts";

interface Version {
  readonly at: number;
  readonly value: readonly string[] | string | null;
}

export interface Simulation {
  readonly model: TransactionModel;
  readonly size: number;
  readonly seed: number;
  /**
   * If true, reads see the state at the transaction's start, and the transaction fails if another one has since written
   * one of the keys that it writes. If false, all operations of a transaction happen at one moment.
   */
  readonly isSnapshot: boolean;
}

export function simulate({ model, size, seed, isSnapshot }: Simulation): Transaction[] {
  const { int } = chance(seed);
  const keys = ["a", "b", "c"];
  const freeAt = Array.from({ length: 6 }, () => 0);
  const drawn = Array.from({ length: size }, (_, op) => {
    const client = int(freeAt.length);
    const invoke = (freeAt[client] as number) + 1 + int(5);
    const start = invoke + int(10);
    const commit = isSnapshot ? start + int(10) : start;
    const end = commit + 1 + int(10);
    freeAt[client] = end;
    return {
      op,
      client,
      invoke,
      start,
      commit,
      end,
      isInfo: int(10) === 0,
      steps: Array.from({ length: 1 + int(3) }, (_, s) => ({
        isWrite: int(2) === 0,
        // After a number of transactions, other keys are used, as in Jepsen's generator.
        key: `${keys[int(keys.length)] ?? ""}${Math.floor(op / 60)}`,
        value: `${op}.${s}`,
      })),
    };
  });
  const versions = new Map<string, Version[]>();
  const initial = model === "list-append" ? [] : null;
  const at = (key: string, time: number): Version["value"] =>
    (versions.get(key) ?? []).findLast((version) => version.at <= time)?.value ?? initial;
  const committed = new Map<number, Transaction>();
  // A time that is different for each transaction: ticks are spread, and the number of the transaction decides between
  // equal ticks.
  const time = (tick: number, op: number): number => tick * size + op;
  for (const one of [...drawn].sort((a, b) => time(a.commit, a.op) - time(b.commit, b.op))) {
    const commit = time(one.commit, one.op);
    const start = isSnapshot ? time(one.start, one.op) : commit;
    const own = new Map<string, Version["value"]>();
    const micro = one.steps.map(({ isWrite, key, value }): MicroOperation => {
      const now = own.get(key) ?? at(key, start);
      if (!isWrite) return { f: "r", key, value: one.isInfo ? undefined : now };
      own.set(key, model === "list-append" ? [...(now as readonly string[]), value] : value);
      return { f: "w", key, value };
    });
    const isLate = [...own.keys()].some((key) =>
      (versions.get(key) ?? []).some((version) => version.at > start),
    );
    const happens = !isLate && !(one.isInfo && one.op % 2 === 0);
    if (happens)
      for (const [key, value] of own)
        versions.set(key, [...(versions.get(key) ?? []), { at: commit, value }]);
    const outcome = one.isInfo ? "info" : isLate ? "fail" : "ok";
    committed.set(one.op, {
      op: one.op,
      process: one.isInfo ? `crashed ${one.op}` : String(one.client),
      invokeUs: time(one.invoke, 0),
      returnUs: outcome === "ok" ? time(one.end, 0) : Infinity,
      outcome,
      micro,
    });
  }
  return drawn.flatMap(({ op }) => committed.get(op) ?? []);
}
