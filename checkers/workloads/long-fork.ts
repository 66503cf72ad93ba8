/**
 * Judges long forks: two reads must not see two writes in opposite orders. Parallel snapshot isolation allows them to.
 * Jepsen's `long-fork`.
 */
import {
  type ClientOperation,
  numbered,
  type OperationNames,
  type WorkloadResult,
} from "../language/workload-result.ts";
import { WorkloadFindings } from "../language/workload-findings.ts";

/**
 * A write of a key, or a read of several keys. Each key may be written once. Reads are compared only if they read the
 * same keys.
 */
export type LongForkOperation = ClientOperation &
  (
    | { readonly f: "write"; readonly key: string }
    /**
     * A read. `found` has the value of each key, or null for a key without a value. Undefined: the result is unknown.
     */
    | { readonly f: "read"; readonly found: ReadonlyMap<string, string | null> | undefined }
  );

/** Two reads each show a write that the other lacks. */
export type LongForkAnomalyKind = "long-fork";

/**
 * Judges the reads: all reads of the same keys must form a chain in which each shows all writes that the one before it
 * showed. Takes linear time except for sorting. If a key was written twice or has two values, the verdict is not
 * `valid`.
 */
export function checkLongFork(
  operations: readonly LongForkOperation[],
  { nameOf = numbered }: { readonly nameOf?: OperationNames } = {},
): WorkloadResult<LongForkAnomalyKind> {
  const findings = new WorkloadFindings<LongForkAnomalyKind>();
  const written = new Set<string>();
  const values = new Map<string, string>();
  const groups = new Map<string, { readonly op: number; readonly seen: ReadonlySet<string> }[]>();
  let judged = 0;
  for (const one of operations) {
    if (one.f === "write") {
      if (written.has(one.key))
        findings.undecided(
          `${one.key} was written more than once, but the long-fork rule judges only keys that are written once.`,
        );
      written.add(one.key);
      continue;
    }
    if (one.outcome !== "ok" || one.found === undefined) continue;
    judged++;
    const seen = new Set<string>();
    for (const [key, value] of one.found) {
      if (value === null) continue;
      seen.add(key);
      if ((values.get(key) ?? value) !== value)
        findings.undecided(
          `${key} had two values, but the long-fork rule judges only keys that are written once.`,
        );
      values.set(key, value);
    }
    const group = JSON.stringify([...one.found.keys()].sort());
    const reads = groups.get(group) ?? [];
    groups.set(group, reads);
    reads.push({ op: one.op, seen });
  }
  for (const reads of groups.values()) {
    reads.sort((a, b) => a.seen.size - b.seen.size);
    for (const [i, larger] of reads.entries()) {
      const smaller = reads[i - 1];
      const missing = [...(smaller?.seen ?? [])].find((key) => !larger.seen.has(key));
      if (smaller === undefined || missing === undefined) continue;
      const other = [...larger.seen].find((key) => !smaller.seen.has(key)) ?? "";
      findings.found("long-fork", () => ({
        sentence: `The read of ${nameOf(smaller.op)} saw ${missing} and not ${other}; the read of ${nameOf(larger.op)} saw ${other} and not ${missing}: the two reads saw the two writes in opposite orders.`,
        operations: [smaller.op, larger.op],
      }));
    }
  }
  return findings.conclude(judged);
}
