/**
 * Checks `counter-complete`: what a read of a counter must return in the final phase. For counters that agree only at
 * the end, such as Maelstrom's.
 */
import { conclude } from "../conclude.ts";
import { milliseconds, named } from "../messages/operation-messages.ts";
import { workloadAnomaly } from "../messages/workload-anomaly.ts";
import type { Checker } from "../model/checker.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Anomaly } from "../language/verdict.ts";

/**
 * The largest number of possible sums that are listed. If there are more, a read need only lie between the smallest and
 * the largest.
 */
const mostSums = 100_000;

export const counterComplete: Checker<"counter-complete"> = {
  name: "counter-complete",
  meaning:
    "in the final phase a read of a counter returns the sum of all acknowledged additions, plus any of those that may have happened",
  predicate:
    "Each read of the final phase returns the sum of all acknowledged additions, plus the sum of some, all or none of those that may have happened.",
  source: "Maelstrom's g-counter and pn-counter.",
  needs: [],
  workloads: ["counter", "g-counter", "pn-counter"],
  check(model) {
    const anomalies: Anomaly[] = [];
    let judged = 0;
    for (const [key, operations] of model.keys) {
      const { acknowledged, isPossible, open } = sumsOf(operations);
      for (const read of operations) {
        if (!read.final || read.f !== "read" || read.outcome !== "ok") continue;
        judged++;
        if (typeof read.result === "number" && isPossible(read.result)) continue;
        const sentence = `${named(read)} through ${read.node} returned ${JSON.stringify(read.result ?? null)} at ${milliseconds(read.endUs)}; the acknowledged additions come to ${acknowledged}${open === 0 ? "" : `, and ${open} more may have happened`}`;
        anomalies.push(
          workloadAnomaly(model, "counter-complete", key, sentence, [
            ...operations.filter(isAddition).map(({ op }) => op),
            read.op,
          ]),
        );
      }
    }
    return judged === 0
      ? conclude({ anomalies, judged, undecided: ["no read of the final phase succeeded"] })
      : conclude({ anomalies, judged });
  },
};

const isAddition = ({ f, outcome }: Operation): boolean => f === "add" && outcome !== "fail";

interface Sums {
  readonly acknowledged: number;
  /** The number of additions of which nobody knows whether they happened. */
  readonly open: number;
  isPossible(sum: number): boolean;
}

function sumsOf(operations: readonly Operation[]): Sums {
  const additions = operations.filter(isAddition);
  const acknowledged = additions
    .filter(({ outcome }) => outcome === "ok")
    .reduce((sum, one) => sum + amountOf(one), 0);
  const open = additions.filter(({ outcome }) => outcome === "info").map(amountOf);
  let sums = new Set([acknowledged]);
  for (const amount of open) {
    sums = new Set([...sums].flatMap((sum) => [sum, sum + amount]));
    if (sums.size > mostSums) break;
  }
  const least = open.reduce((sum, amount) => sum + Math.min(0, amount), acknowledged);
  const most = open.reduce((sum, amount) => sum + Math.max(0, amount), acknowledged);
  return {
    acknowledged,
    open: open.length,
    isPossible: (sum) => (sums.size > mostSums ? sum >= least && sum <= most : sums.has(sum)),
  };
}

function amountOf({ args }: Operation): number {
  const by = typeof args === "object" && args !== null && "by" in args ? args.by : 0;
  return typeof by === "number" ? by : 0;
}
