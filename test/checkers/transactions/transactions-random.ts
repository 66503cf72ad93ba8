/** Small random histories of transactions, healthy and broken ones. */
import fc from "fast-check";
import type {
  MicroOperation,
  Transaction,
  TransactionModel,
} from "../../../checkers/transactions/index.ts";

interface Drawn {
  readonly process: number;
  readonly outcome: "ok" | "info" | "fail";
  readonly gap: number;
  readonly lasts: number;
  readonly steps: readonly {
    readonly isWrite: boolean;
    readonly key: number;
    readonly pick: number;
  }[];
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  process: fc.nat(2),
  outcome: fc.constantFrom("ok", "ok", "ok", "ok", "ok", "info", "fail"),
  gap: fc.nat(6),
  lasts: fc.nat(20),
  steps: fc.array(fc.record({ isWrite: fc.boolean(), key: fc.nat(1), pick: fc.nat(1000) }), {
    minLength: 1,
    maxLength: 3,
  }),
});

/**
 * Random histories from a store that applies transactions roughly in the order of their begins. Reads mostly return the
 * store's values, with some mistakes.
 */
export function smallHistories(model: TransactionModel): fc.Arbitrary<Transaction[]> {
  return fc
    .record({
      all: fc.array(drawn, { minLength: 1, maxLength: 5 }),
      order: fc.array(fc.nat(1000), { minLength: 5, maxLength: 5 }),
      slips: fc.constantFrom(0, 1, 3, 10, 20),
    })
    .map((shape) => historyOf(model, shape));
}

function historyOf(
  model: TransactionModel,
  shape: {
    readonly all: readonly Drawn[];
    readonly order: readonly number[];
    readonly slips: number;
  },
): Transaction[] {
  const { all, order, slips } = shape;
  const busyUntil = new Map<number, number>();
  let clock = 0;
  const timed = all.map((one, i) => {
    clock = Math.max(clock + one.gap, busyUntil.get(one.process) ?? 0);
    const invokeUs = clock;
    const returnUs = invokeUs + 1 + one.lasts;
    // A client whose transaction was not acknowledged may continue at once.
    busyUntil.set(one.process, one.outcome === "ok" ? returnUs : invokeUs + 1);
    return { ...one, op: i, invokeUs, returnUs };
  });
  const value = (t: number, s: number): string => `${t}.${s}`;
  const written = (key: number): string[] =>
    all.flatMap((one, t) =>
      one.steps.flatMap((step, s) => (step.isWrite && step.key === key ? [value(t, s)] : [])),
    );
  // The order in which the store applies the transactions.
  const applied = timed
    .map((one, i) => ({ i, rank: one.invokeUs + ((order[i] ?? 0) % 12) }))
    .sort((a, b) => a.rank - b.rank || a.i - b.i)
    .map(({ i }) => i);
  const lists = new Map<number, string[]>([
    [0, []],
    [1, []],
  ]);
  const micro = new Map<number, MicroOperation[]>();
  for (const t of applied) {
    const one = all[t] as Drawn;
    const happens = one.outcome === "ok" || (one.outcome === "info" && one.lasts % 2 === 0);
    micro.set(
      t,
      one.steps.map(({ isWrite, key, pick }, s): MicroOperation => {
        const now = lists.get(key) as string[];
        const name = key === 0 ? "x" : "y";
        if (isWrite) {
          if (happens) now.push(value(t, s));
          return { f: "w", key: name, value: value(t, s) };
        }
        if (one.outcome !== "ok") return { f: "r", key: name, value: undefined };
        const isSlip = pick % 20 < slips;
        if (model === "rw-register") {
          const choices = [null, ...written(key)];
          const slipped = choices[pick % choices.length] ?? null;
          return { f: "r", key: name, value: isSlip ? slipped : (now.at(-1) ?? null) };
        }
        if (!isSlip) return { f: "r", key: name, value: [...now] };
        const choices = pick % 3 === 0 ? written(key) : now;
        return { f: "r", key: name, value: choices.slice(0, pick % (choices.length + 1)) };
      }),
    );
  }
  return timed.map(({ op, process, invokeUs, returnUs, outcome }, t) => ({
    op,
    process: String(process),
    invokeUs,
    returnUs: outcome === "ok" ? returnUs : Infinity,
    outcome,
    micro: micro.get(t) ?? [],
  }));
}
