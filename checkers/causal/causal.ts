/**
 * Judges causal consistency over all keys of a register by its bad patterns (causal-patterns.ts): `causal` is CC,
 * `causal-convergent` is CCv. No target of quorate's own promises either, so both are only observed unless the user
 * claims them. An indeterminate write counts if some read returned it.
 */
import { badReads, conflicts, cyclicConflict } from "./causal-patterns.ts";
import { causalOrder } from "./causal-order.ts";
import { codeSessions, sessionName } from "./causal-coding.ts";
import { anomaliesKept, conclude, notApplicable } from "../conclude.ts";
import {
  explainBadRead,
  explainConflicts,
  explainCycle,
  explainThinAir,
} from "./causal-messages.ts";
import type { CausalCoding } from "./causal-coding.ts";
import type { Checker, Definition } from "../model/checker.ts";
import type { Model } from "../model/model.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

export type CausalGuarantee = "causal" | "causal-convergent";

/**
 * The largest number of entries in all vector clocks (operations × sessions). An entry takes four bytes, so this is 64
 * MB.
 */
const clocksAtMost = 2 ** 24;

export const causalLevel =
  (guarantee: CausalGuarantee, budget: number = clocksAtMost) =>
  (model: Model): Judgement => {
    const { length } = model.operations;
    const sessions = new Set(model.operations.map(sessionName)).size;
    if (length * sessions > budget)
      return conclude({
        anomalies: [],
        undecided: [
          `the vector clocks of ${length} operations in ${sessions} sessions need more than the budget of ${budget} entries`,
        ],
        judged: 0,
      });
    const coding = codeSessions(model);
    const { coded, reads, thinAir } = coding;
    if (reads === 0)
      return notApplicable("no read returned a value that is known to come from one operation");
    const anomalies = thinAir.map((read) => explainThinAir(guarantee, model, read));
    return conclude({
      anomalies: [...anomalies, ...badPatterns(guarantee, model, coding)],
      judged: reads,
      measurements: { reads, sessions: coded.sessions },
    });
  };

function badPatterns(guarantee: CausalGuarantee, model: Model, coding: CausalCoding): Anomaly[] {
  const { coded } = coding;
  const order = causalOrder(coded, coding.graph);
  if (order.found === "cycle") return [explainCycle(guarantee, coding, order.cycle)];
  const bad = badReads(coded, order).map((one, i) =>
    explainBadRead(guarantee, model, coding, one, i < anomaliesKept),
  );
  if (bad.length > 0 || guarantee === "causal") return bad;
  const edges = conflicts(coded, order);
  const cycle = cyclicConflict(coded, edges);
  return cycle === null ? [] : [explainConflicts(guarantee, coding, cycle, edges)];
}

/** A checker of causal consistency. Judges registers only, since siblings have rules of their own. */
const causalChecker = <Name extends CausalGuarantee>(
  name: Name,
  meaning: string,
  definition: Definition,
): Checker<Name> => ({
  name,
  meaning,
  ...definition,
  needs: [],
  workloads: ["register"],
  check: causalLevel(name),
});

export const causal = causalChecker(
  "causal",
  "no read misses a write that causally precedes the read, over all keys (CC)",
  {
    predicate:
      "The history has no bad pattern of CC: CyclicCO, WriteCOInitRead, ThinAirRead or WriteCORead.",
    source: "Bouajjani et al., On Verifying Causal Consistency, POPL 2017, section 5.",
  },
);

export const causalConvergent = causalChecker(
  "causal-convergent",
  "causal consistency holds, and one order of the writes explains the reads of all clients (CCv)",
  {
    predicate: "The history has no bad pattern of CC, and no cycle of conflicts (CyclicCF).",
    source: "Bouajjani et al., On Verifying Causal Consistency, POPL 2017, section 5.",
  },
);
