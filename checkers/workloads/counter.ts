/**
 * counter-bounds: a read of a counter lies between the sum of what was surely added before it and the sum of what may have been, each
 * addition taken once (Jepsen's checker `counter`). Negative additions count to the other side.
 */
import { conclude } from "../judgement.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";
import { ago, byKey, type Done, field, mayCount } from "./done.ts";

const guarantee = "counter-bounds";

/** How much an `add` adds. */
export const amountOf = ({ args }: Done): number => {
  const by = field(args, "by");
  return typeof by === "number" ? by : 1;
};

/** Sums of amounts by time: how much of what is in it lies before a time. */
class Sums {
  readonly #times: readonly number[];
  readonly #sums: readonly number[];

  constructor(entries: readonly (readonly [atUs: number, amount: number])[]) {
    const sorted = [...entries].sort(([a], [b]) => a - b);
    let sum = 0;
    this.#times = sorted.map(([atUs]) => atUs);
    this.#sums = sorted.map(([, amount]) => (sum += amount));
  }

  before(atUs: number): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] ?? Infinity) < atUs) low = middle + 1;
      else high = middle;
    }
    return this.#sums[low - 1] ?? 0;
  }
}

/** At most this many additions are named beside the read. */
const named = 3;

/** O(n log n) in the operations of a key. */
export function counterBounds(operations: readonly Done[]): Judgement {
  const anomalies: Anomaly[] = [];
  let judged = 0;
  for (const [key, of] of byKey(operations)) {
    const adds = of.filter((operation) => operation.f === "add" && mayCount(operation));
    const sums = (keep: (amount: number) => boolean, time: "startUs" | "endUs"): Sums =>
      new Sums(
        adds
          .filter((add) => keep(amountOf(add)) && (time === "startUs" || add.outcome === "ok"))
          .map((add) => [add[time], amountOf(add)]),
      );
    const more = (amount: number): boolean => amount > 0;
    const less = (amount: number): boolean => amount < 0;
    const [surelyMore, surelyLess] = [sums(more, "endUs"), sums(less, "endUs")];
    const [maybeMore, maybeLess] = [sums(more, "startUs"), sums(less, "startUs")];
    for (const read of of) {
      if (read.f !== "read" || read.outcome !== "ok" || typeof read.result !== "number") continue;
      judged += 1;
      const lowest = surelyMore.before(read.startUs) + maybeLess.before(read.endUs);
      const highest = maybeMore.before(read.endUs) + surelyLess.before(read.startUs);
      if (read.result >= lowest && read.result <= highest) continue;
      anomalies.push(
        read.result < lowest
          ? tooLittle(key, read, adds, lowest)
          : tooMuch(key, read, adds, highest),
      );
    }
  }
  return conclude({ anomalies, judged });
}

const anomaly = (
  key: string,
  read: Done,
  explanation: string,
  proof: readonly Done[],
): Anomaly => ({
  guarantee,
  key,
  atUs: read.endUs,
  explanation: `${read.client} read counter ${key} through ${read.node} as ${String(read.result)}, ${explanation}`,
  operations: [...proof.map(({ op }) => op), read.op],
});

const list = (adds: readonly Done[]): string =>
  adds.map((add) => `${add.client}'s add of ${amountOf(add)}`).join(", ");

function tooLittle(key: string, read: Done, adds: readonly Done[], lowest: number): Anomaly {
  const known = adds.filter(
    (add) => add.outcome === "ok" && add.endUs < read.startUs && amountOf(add) > 0,
  );
  const missing = lowest - (read.result as number);
  // One addition that is as large as what is missing tells most; else the newest ones.
  const same = known.findLast((add) => amountOf(add) === missing);
  const proof = same === undefined ? known.slice(-named) : [same];
  const last = proof.at(-1);
  const when =
    last === undefined ? "" : `, the last of them ${ago(last.endUs, read.startUs)} before the read`;
  return anomaly(
    key,
    read,
    `though at least ${lowest} had been added by then: ${missing} of what was acknowledged is missing (such as ${list(proof)}${when})`,
    proof,
  );
}

function tooMuch(key: string, read: Done, adds: readonly Done[], highest: number): Anomaly {
  const begun = adds.filter((add) => add.startUs < read.endUs && amountOf(add) > 0);
  const extra = (read.result as number) - highest;
  // What nobody answered may have been sent again.
  const doubtful = begun.filter(({ outcome }) => outcome === "info");
  const same =
    doubtful.findLast((add) => amountOf(add) === extra) ??
    begun.findLast((add) => amountOf(add) === extra);
  const proof = same === undefined ? begun.slice(-named) : [same];
  return anomaly(
    key,
    read,
    `though no more than ${highest} can have been added by then: ${extra} too many, as if ${same === undefined ? "additions" : list(proof)} had been counted twice`,
    proof,
  );
}
