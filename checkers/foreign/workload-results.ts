/**
 * Prepares operations of other tools' histories for the checkers of single workloads, and turns the results of these
 * checkers into judgements.
 */
import type { ClientOperation, WorkloadResult } from "../language/workload-result.ts";
import { Findings, type ForeignJudgement } from "./foreign-findings.ts";
import { Outcome } from "./foreign-history.ts";
import type { ForeignGuarantee } from "./foreign-models.ts";
import { byKey, type Operations } from "./foreign-operations.ts";
import { keyOf } from "./foreign-messages.ts";

/** The fields of an operation that the checker of every workload needs. */
export function clientOperation(
  { history, values, start, end }: Operations,
  op: number,
): ClientOperation {
  const outcome = history.outcome[op];
  return {
    op,
    process: values.textOf(history.process[op] as number),
    invokeUs: start[op] as number,
    returnUs: end[op] as number,
    outcome: outcome === Outcome.ok ? "ok" : outcome === Outcome.fail ? "fail" : "info",
  };
}

/** Returns a function that names an operation by its line and process, for the sentences of a workload's checker. */
export const lineNameIn =
  ({ history, values }: Operations) =>
  (op: number): string =>
    `line ${history.startLine[op] ?? 0}, process ${values.textOf(history.process[op] ?? 0)}`;

export function resultOf(result: WorkloadResult, guarantee: ForeignGuarantee): ForeignJudgement {
  const { verdict, reason, anomalies, notes, counts, judged } = result;
  return {
    verdict,
    ...(reason === undefined ? {} : { reason: clauseOf(reason) }),
    anomalies: anomalies.map(({ kind, sentence, operations, key, cycle }) => ({
      guarantee,
      explanation: `${kind}: ${sentence}`,
      operations,
      ...(key === undefined ? {} : { key }),
      ...(cycle === undefined ? {} : { cycle }),
    })),
    notes: notes.map(({ kind, sentence }) => `${kind}: ${sentence}`),
    measurements: Object.fromEntries(
      Object.entries(counts).map(([kind, count]) => [kind, count ?? 0]),
    ),
    judged,
  };
}

/** A sentence without its capital (but a name such as G1 keeps it) and full stop, so that it can follow a colon. */
const clauseOf = (sentence: string): string =>
  sentence.replace(/^[A-Z](?![0-9])/, (first) => first.toLowerCase()).replace(/\.$/, "");

/** Judges the operations of each key by themselves, and joins the results. */
export function judgeKeys(
  operations: Operations,
  guarantee: ForeignGuarantee,
  judge: (of: Int32Array) => WorkloadResult,
): ForeignJudgement {
  const findings = new Findings(guarantee);
  let judged = 0;
  let unjudged: string | undefined;
  for (const of of byKey(operations).values()) {
    const { anomalies, counts, notes, verdict, reason, judged: some } = judge(of);
    judged += some;
    const { key } = keyOf(operations, of[0] ?? 0);
    const where = key === undefined ? "" : `key ${key}: `;
    for (const { kind, sentence, operations: proof } of anomalies)
      findings.found(() => ({
        explanation: `${where}${kind}: ${sentence}`,
        operations: proof,
        ...(key === undefined ? {} : { key }),
      }));
    for (const [kind, count] of Object.entries(counts))
      findings.measurements[kind] = Number(findings.measurements[kind] ?? 0) + (count ?? 0);
    for (const { kind, sentence } of notes.slice(0, 3))
      findings.note(`${where}${kind}: ${sentence}`);
    if (verdict === "unknown" && some > 0)
      findings.undecided(clauseOf(reason ?? "this key was not judged"));
    else if (verdict === "unknown") unjudged ??= reason;
  }
  // If nothing was judged, the verdict is unknown for the reason that a key gave.
  if (judged === 0 && unjudged !== undefined) findings.undecided(clauseOf(unjudged));
  return findings.conclude(judged);
}
