/**
 * Checks `acknowledged`: an acknowledgement must mean what the quorum says. Judged by the Host's evidence, not by what
 * the store says. A write: W distinct replicas had it durable (with a periodic log: had confirmed it) when the client
 * got the answer. A read: it returned the merge of the replies of R distinct replicas.
 */
import { keyedWorkloads, type Checker } from "../model/checker.ts";
import { conclude } from "../conclude.ts";
import { readFinding } from "./acknowledged-reads.ts";
import { routedFinding } from "./acknowledged-routed.ts";
import { writeFinding } from "./acknowledged-writes.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../columnar/operation.ts";
import type { Anomaly, Judgement } from "../language/verdict.ts";

export const acknowledged: Checker<"acknowledged"> = {
  name: "acknowledged",
  meaning:
    "an acknowledged write is durable on W replicas, and a read returns the merge of R replicas' replies",
  predicate:
    "When a client is told that a write succeeded, W distinct replicas of the key have synced the write or a version that contains it; with a periodic log they need only have confirmed it. A read that succeeds returns the merge of the replies of R or more distinct replicas, each sent after the read began.",
  source: "DeCandia et al., Dynamo, SOSP 2007, section 4.5.",
  needs: ["evidence", "versions", "quorums"],
  workloads: keyedWorkloads,
  check: judgeAcknowledged,
};

function judgeAcknowledged(model: Model): Judgement {
  const anomalies: Anomaly[] = [];
  const undecided: string[] = [];
  const judged = { reads: 0, writes: 0 };
  for (const operation of model.operations) {
    if (operation.outcome !== "ok") continue;
    const finding =
      model.run.routing === "client"
        ? routedFinding(model, operation)
        : operation.f === "read"
          ? readFinding(model, operation)
          : writeFinding(model, operation);
    switch (finding.finding) {
      case "held":
        judged[operation.f === "read" ? "reads" : "writes"]++;
        break;
      case "broken":
        judged[operation.f === "read" ? "reads" : "writes"]++;
        anomalies.push(anomalyOf(operation, finding.explanation, finding.because));
        break;
      case "unknown":
        undecided.push(finding.reason);
        break;
    }
  }
  const measurements = {
    ...judged,
    undecided: undecided.length,
    evidenceGaps: model.evidence.gapCount(),
  };
  return conclude({ anomalies, undecided, judged: judged.reads + judged.writes, measurements });
}

const anomalyOf = (
  operation: Operation,
  explanation: string,
  because: readonly string[],
): Anomaly => ({
  guarantee: "acknowledged",
  explanation,
  operations: [operation.op],
  key: operation.key,
  atUs: operation.endUs,
  ...(because.length === 0 ? {} : { because }),
});
