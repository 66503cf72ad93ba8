import { draw } from "../../../../generators/index.ts";
import { judgedCase } from "../../../scenario/judged-case.ts";
import type { Case, Scenario } from "../../../scenario/scenario.ts";
import { planOf } from "./plan.ts";

const turns = 15;

const caseOf = (setting: string, allowed: boolean, batchOver: "partition" | "partitions"): Case =>
  judgedCase(
    setting,
    allowed,
    "batch-atomic",
    planOf({
      workload: "batch",
      claimed: "batch-atomic",
      settings: { batchOver },
      operations: draw.range(turns).flatMap(() =>
        [0, 1, 2, 3, 4, 5].map((client) => ({
          client,
          node: client % 3,
          f: client < 2 ? "write" : "read",
          atMs: 0,
        })),
      ),
    }),
  );

export const halfBatch: Scenario = {
  name: "half-batch",
  about:
    "A logged batch over two partitions happens as a whole in the end, but not at once: a read in between finds one half of the batch.",
  source: "cassandra.apache.org/doc/latest/cassandra/architecture/guarantees.html, Batched writes",
  cases: [
    caseOf("a logged batch over two partitions", true, "partitions"),
    caseOf("within one partition", false, "partition"),
  ],
};
