import { draw } from "../../../../generators/index.ts";
import { judgedCase } from "../../../scenario/judged-case.ts";
import type { Case, Scenario } from "../../../scenario/scenario.ts";
import { isolated } from "../../../scenario/timed-plan.ts";
import { planOf, soonMs } from "./plan.ts";

const caseOf = (setting: string, allowed: boolean, counterRetries: number): Case =>
  judgedCase(
    setting,
    allowed,
    "counter-bounds",
    planOf({
      workload: "counter",
      claimed: "counter-bounds",
      // At ALL, an absent replica makes additions time out after they were applied.
      settings: { counterRetries, write: "ALL" },
      operations: draw.range(5).flatMap((client) =>
        [0, 2 * soonMs].map((atMs) => ({
          client,
          node: client % 2,
          f: "add",
          args: { by: 1 },
          atMs,
        })),
      ),
      faults: [{ atMs: soonMs, durationMs: 4 * soonMs, fault: isolated(2) }],
    }),
  );

export const countedTwice: Scenario = {
  name: "counted-twice",
  about:
    "An addition that timed out may have changed the counter: if the client then sends the addition again, the counter counts it twice.",
  source: "cassandra.apache.org/doc/latest/cassandra/developing/cql/counter-column.html",
  cases: [
    caseOf("the client sends an addition again after a timeout", true, 1),
    caseOf("the client sends no addition again", false, 0),
  ],
};
