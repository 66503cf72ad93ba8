/** What the checkers of single workloads say, as a judgement of another tool's history. */
import type { WorkloadResult } from "../language/workload-result.ts";
import type { ForeignJudgement } from "./findings.ts";
import type { ForeignGuarantee } from "./models.ts";

export function resultOf(result: WorkloadResult, guarantee: ForeignGuarantee): ForeignJudgement {
  const { verdict, reason, anomalies, notes, counts, judged } = result;
  return {
    verdict,
    ...(reason === undefined ? {} : { reason }),
    anomalies: anomalies.map(({ kind, sentence, operations, key }) => ({
      guarantee,
      explanation: `${kind}: ${sentence}`,
      operations,
      ...(key === undefined ? {} : { key }),
    })),
    notes: notes.map(({ kind, sentence }) => `${kind}: ${sentence}`),
    measurements: Object.fromEntries(
      Object.entries(counts).map(([kind, count]) => [kind, count ?? 0]),
    ),
    judged,
  };
}
