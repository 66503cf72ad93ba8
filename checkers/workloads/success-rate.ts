/**
 * Checks `success-rate`: the required share of the clients' operations must succeed, whatever faults there are. Final
 * reads do not count.
 */
import type { Checker } from "../model/checker.ts";
import { conclude, notApplicable } from "../conclude.ts";
import { milliseconds, named } from "../messages/operation-messages.ts";

export const successRate: Checker<"success-rate"> = {
  name: "success-rate",
  meaning: "the demanded share of operations succeeds, whatever faults there are",
  predicate:
    "Of all operations before the final phase, at least the percentage that the run demands succeeds.",
  source: "Maelstrom's --availability.",
  needs: [],
  workloads: "all",
  check({ run, operations }) {
    const { succeedPercent } = run.bounds;
    if (succeedPercent === undefined) return notApplicable("no share of operations was demanded");
    const asked = operations.filter(({ final }) => !final);
    const others = asked.filter(({ outcome }) => outcome !== "ok");
    const percent = (100 * (asked.length - others.length)) / Math.max(1, asked.length);
    const [first] = others;
    const isEnough = first === undefined || percent >= succeedPercent;
    return conclude({
      judged: asked.length,
      measurements: { operations: asked.length, succeeded: asked.length - others.length },
      anomalies: isEnough
        ? []
        : [
            {
              guarantee: "success-rate",
              explanation: `${asked.length - others.length} of ${asked.length} operations succeeded (${percent.toFixed(1)} %), but at least ${succeedPercent} % must; the first that did not is ${named(first)}, begun at ${milliseconds(first.startUs)}`,
              operations: others.slice(0, mostOperations).map(({ op }) => op),
              atUs: first.startUs,
            },
          ],
    });
  },
};

/** An anomaly names at most this many of the operations that did not succeed. */
const mostOperations = 5;
