/** Judges a counter with additions by bounds on what a read can return, as in Jepsen's counter. */
import { countBelow, countUpTo } from "../numbers/order.ts";
import {
  type ClientOperation,
  numbered,
  type OperationNames,
  type WorkloadResult,
} from "../language/workload-result.ts";
import { WorkloadFindings } from "../language/workload-findings.ts";

/** An addition to the counter, or a read of it. */
export type CounterOperation = ClientOperation &
  (
    | { readonly f: "add"; readonly delta: number }
    /** A read. `value` is undefined if the result is unknown. */
    | { readonly f: "read"; readonly value: number | undefined }
  );

/** A read returned a value outside of its bounds: too little or too much for the additions. */
export type CounterAnomalyKind = "counter-bounds";

/** Sums of additions up to a time. `below` takes those before the time, `upTo` also those at the time. */
class Sums {
  readonly #times: Float64Array;
  readonly #sums: Float64Array;

  constructor(additions: { readonly time: number; readonly delta: number }[]) {
    const sorted = additions.sort((a, b) => a.time - b.time);
    this.#times = Float64Array.from(sorted, ({ time }) => time);
    this.#sums = new Float64Array(sorted.length + 1);
    for (const [i, { delta }] of sorted.entries())
      this.#sums[i + 1] = (this.#sums[i] as number) + delta;
  }

  below(time: number): number {
    return this.#sums[countBelow(this.#times, time)] as number;
  }

  upTo(time: number): number {
    return this.#sums[countUpTo(this.#times, time)] as number;
  }
}

/**
 * Judges each read by a lower and an upper bound. The lower bound is the sum of the positive additions that were
 * acknowledged before the read began and of the negative additions that began before it ended. The upper bound is the
 * sum of the positive additions that began before the read ended and of the negative additions that were acknowledged
 * before it began. Takes linear time except for sorting.
 *
 * @param options `initial` is what the counter holds before all additions. `exact` rounds a sum of additions that are
 * not whole numbers.
 */
export function checkCounter(
  operations: readonly CounterOperation[],
  {
    initial = 0,
    exact = (sum) => sum,
    nameOf = numbered,
  }: {
    readonly initial?: number;
    readonly exact?: (sum: number) => number;
    readonly nameOf?: OperationNames;
  } = {},
): WorkloadResult<CounterAnomalyKind> {
  const findings = new WorkloadFindings<CounterAnomalyKind>();
  const sums = (isPositive: boolean, isAcknowledged: boolean): Sums =>
    new Sums(
      operations.flatMap((one) => {
        if (one.f !== "add" || one.outcome === "fail" || one.delta > 0 !== isPositive) return [];
        if (!isAcknowledged) return [{ time: one.invokeUs, delta: one.delta }];
        return one.outcome === "ok" ? [{ time: one.returnUs, delta: one.delta }] : [];
      }),
    );
  const acknowledged = { positive: sums(true, true), negative: sums(false, true) };
  const begun = { positive: sums(true, false), negative: sums(false, false) };
  let judged = 0;
  for (const read of operations) {
    if (read.f !== "read" || read.outcome !== "ok" || read.value === undefined) continue;
    judged++;
    const { value, op, invokeUs, returnUs } = read;
    const least = exact(
      initial + acknowledged.positive.below(invokeUs) + begun.negative.upTo(returnUs),
    );
    const most = exact(
      initial + begun.positive.upTo(returnUs) + acknowledged.negative.below(invokeUs),
    );
    if (value >= least && value <= most) continue;
    findings.found("counter-bounds", () => ({
      sentence:
        value < least
          ? `The read of ${nameOf(op)} returned ${value}, but the additions acknowledged before it began come to at least ${least}.`
          : `The read of ${nameOf(op)} returned ${value}, but the additions begun before it ended come to at most ${most}.`,
      operations: [op],
    }));
  }
  return findings.conclude(judged);
}
