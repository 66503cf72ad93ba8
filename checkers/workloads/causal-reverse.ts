/** Judges causal reverse: a read must not show a later write without an earlier one. Jepsen's `causal-reverse`. */
import { countBelow } from "../numbers/order.ts";
import {
  type ClientOperation,
  numbered,
  type OperationNames,
  type WorkloadResult,
} from "../language/workload-result.ts";
import { WorkloadFindings } from "../language/workload-findings.ts";

/** A write of a new value, or a read of all values. */
export type CausalReverseOperation = ClientOperation &
  (
    | { readonly f: "write"; readonly value: string }
    /** A read. `values` has all values that it saw. Undefined: the result is unknown. */
    | { readonly f: "read"; readonly values: readonly string[] | undefined }
  );

/** A read shows a write, but does not show another write that was acknowledged before the first began. */
export type CausalReverseAnomalyKind = "causal-reverse";

interface Write {
  readonly op: number;
  readonly value: string;
  readonly end: number;
}

/**
 * Judges the reads: a read that shows a write must also show every write that was acknowledged before that one began.
 * Takes linear time except for sorting.
 */
export function checkCausalReverse(
  operations: readonly CausalReverseOperation[],
  { nameOf = numbered }: { readonly nameOf?: OperationNames } = {},
): WorkloadResult<CausalReverseAnomalyKind> {
  const findings = new WorkloadFindings<CausalReverseAnomalyKind>();
  const begun = new Map<string, { readonly op: number; readonly invoke: number }>();
  const acknowledged: Write[] = [];
  for (const one of operations) {
    if (one.f !== "write") continue;
    begun.set(one.value, { op: one.op, invoke: one.invokeUs });
    if (one.outcome === "ok")
      acknowledged.push({ op: one.op, value: one.value, end: one.returnUs });
  }
  acknowledged.sort((a, b) => a.end - b.end);
  const ends = Float64Array.from(acknowledged, ({ end }) => end);
  const endOf = new Map(acknowledged.map(({ value, end }) => [value, end]));
  let judged = 0;
  for (const read of operations) {
    if (read.f !== "read" || read.outcome !== "ok" || read.values === undefined) continue;
    judged++;
    const seen = new Set(read.values);
    let last: { readonly op: number; readonly invoke: number } | undefined;
    for (const value of seen) {
      const write = begun.get(value);
      if (write !== undefined && write.invoke > (last?.invoke ?? -Infinity)) last = write;
    }
    if (last === undefined) continue;
    const { op: lastOp, invoke } = last;
    const expected = countBelow(ends, invoke);
    let had = 0;
    for (const value of seen) if ((endOf.get(value) ?? Infinity) < invoke) had++;
    if (had === expected) continue;
    findings.found("causal-reverse", () => {
      const missing = acknowledged.slice(0, expected).find(({ value }) => !seen.has(value));
      return {
        sentence: `The read of ${nameOf(read.op)} saw the write of ${nameOf(lastOp)} and not that of ${missing?.value ?? "?"} (${nameOf(missing?.op ?? -1)}), which had been acknowledged before the other began.`,
        operations: [read.op, lastOp, ...(missing === undefined ? [] : [missing.op])],
      };
    });
  }
  return findings.conclude(judged);
}
