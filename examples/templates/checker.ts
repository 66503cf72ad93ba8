/**
 * A checker for the workload `markers`. A read of a marker must return nothing, or a text whose write began before the
 * read ended.
 */
import { type Checker, conclude } from "quorate";

export const marked: Checker = {
  name: "marked",
  meaning: "a read returns only markers that some client had begun to set",
  needs: [],
  workloads: ["markers"],
  check({ operations }) {
    const firstSetUs = new Map<string, number>();
    for (const { f, args, startUs } of operations)
      if (f === "mark") firstSetUs.set((args as { readonly text: string }).text, startUs);
    const reads = operations.filter(({ f, outcome }) => f === "read" && outcome === "ok");
    const wrong = reads.filter(
      ({ result, endUs }) =>
        result !== null && (firstSetUs.get(String(result)) ?? Infinity) > endUs,
    );
    return conclude({
      judged: reads.length,
      anomalies: wrong.map(({ op, key, client, result, endUs }) => ({
        guarantee: "marked",
        explanation: `${client} read ${JSON.stringify(result)} from ${key}, which no client had begun to set by then.`,
        operations: [op],
        key,
        atUs: endUs,
      })),
    });
  },
};
