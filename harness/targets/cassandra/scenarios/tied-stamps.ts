import { judgedCase } from "../../../scenario/judged-case.ts";
import type { Case, Scenario } from "../../../scenario/scenario.ts";
import { planOf } from "./plan.ts";

const caseOf = (
  setting: string,
  allowed: boolean,
  settings: Readonly<Record<string, string | number>>,
): Case =>
  judgedCase(
    setting,
    allowed,
    "regular",
    planOf({
      workload: "register",
      claimed: "regular",
      settings,
      // If stamps are equal, a tombstone wins over a value, and a larger value over a smaller one.
      operations: [
        { client: 0, node: 0, f: "delete", atMs: 500 },
        { client: 0, node: 0, f: "write", atMs: 500 },
        { client: 0, node: 1, f: "read", atMs: 1500 },
      ],
    }),
  );

export const tiedStamps: Scenario = {
  name: "tied-stamps",
  about:
    "Two writes with one stamp are not ordered by time: a tombstone wins, else the larger value, and the later write may be lost.",
  source: "cassandra.apache.org/doc/latest/cassandra/architecture/dynamo.html, Data Versioning",
  cases: [
    caseOf("clients stamp by a clock of whole seconds", true, {
      stamps: "milliseconds",
      stampStepMs: 1000,
    }),
    caseOf("stamps in microseconds, each given once", false, {}),
  ],
};
