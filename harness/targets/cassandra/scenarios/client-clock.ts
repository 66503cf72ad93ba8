import { judgedCase } from "../../../scenario/judged-case.ts";
import type { Case, Scenario } from "../../../scenario/scenario.ts";
import { planOf } from "./plan.ts";

const caseOf = (setting: string, allowed: boolean, aheadMs: number): Case =>
  judgedCase(
    setting,
    allowed,
    "regular",
    planOf({
      workload: "register",
      claimed: "regular",
      settings: {},
      operations: [
        { client: 1, node: 0, f: "write", atMs: 500 },
        { client: 0, node: 1, f: "write", atMs: 1500 },
        { client: 0, node: 2, f: "read", atMs: 2000 },
      ],
      faults:
        aheadMs === 0
          ? []
          : [
              {
                atMs: 0,
                durationMs: 10_000,
                fault: { kind: "client-clock", client: 1, byMs: aheadMs },
              },
            ],
    }),
  );

export const clientClock: Scenario = {
  name: "client-clock",
  about:
    "The write with the latest stamp wins, and clients give the stamps: a client whose clock is ahead hides the later writes of all others.",
  source: "cassandra.apache.org/doc/latest/cassandra/architecture/dynamo.html, Data Versioning",
  cases: [
    caseOf("one client's clock is 30 s ahead, at QUORUM", true, 30_000),
    caseOf("all clients have one clock", false, 0),
  ],
};
