/** `check --model`: as what a history is judged, where that is not what it says of itself. */
import {
  type ForeignModel,
  foreignModelNames,
  type GuaranteeName,
  type Outcome,
  type Verdict,
} from "../../checkers/index.ts";
import type { Checked } from "./check.ts";
import { usage } from "./exit.ts";

export type CheckModel = ForeignModel | "siblings";

export const checkModels: readonly CheckModel[] = [...foreignModelNames, "siblings"];

/**
 * What every store of siblings must keep, whatever its settings promise. Rule 6 is a matter of evidence, and counts
 * where there is some.
 */
const siblingRules: readonly GuaranteeName[] = [
  "no-thin-air",
  "siblings-1",
  "siblings-2",
  "siblings-3",
  "siblings-4",
  "siblings-5",
  "siblings-6",
  "siblings-7",
];

/** Our own history as siblings: all their rules, or one. Throws UsageError for a guarantee that is none of them. */
export function withModel(whole: Verdict, guarantee: GuaranteeName | undefined): Checked {
  if (guarantee !== undefined && !siblingRules.includes(guarantee)) {
    throw usage({
      code: "not-in-model",
      expected: `one of ${siblingRules.join(", ")} with --model siblings`,
      got: `--guarantee ${guarantee}`,
      hint: "Leave --model out",
    });
  }
  const asked = guarantee === undefined ? siblingRules : [guarantee];
  const judged = asked.flatMap((name) => {
    const one = whole.guarantees[name];
    return one === undefined ||
      (name === "siblings-6" &&
        guarantee === undefined &&
        one.judged === 0 &&
        one.verdict !== "invalid")
      ? []
      : [{ name, ...one }];
  });
  const verdicts: readonly (Outcome | "not-applicable")[] = judged.map(({ verdict }) => verdict);
  const verdict: Outcome = verdicts.includes("invalid")
    ? "invalid"
    : verdicts.length === 0 || verdicts.some((one) => one === "unknown" || one === "not-applicable")
      ? "unknown"
      : "valid";
  const reasons = judged.flatMap(({ name, verdict: one, reason, anomalies }) =>
    one === "invalid"
      ? anomalies.map(({ explanation }) => explanation)
      : one === "valid"
        ? []
        : [`${name}: ${reason ?? "it was not judged"}`],
  );
  return { verdict, reasons: judged.length === 0 ? whole.reasons : [...new Set(reasons)], whole };
}
