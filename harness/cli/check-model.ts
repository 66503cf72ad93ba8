/** `check --model siblings`: judges quorate's own history by the rules for siblings, whatever its settings promise. */
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
 * The rules that every store with siblings must keep, whatever its settings promise. `siblings-6` needs evidence.
 * Unless it is asked for by name, it counts only if the history has evidence for it.
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

/**
 * Judges quorate's own history by all rules for siblings, or by one of them. Throws UsageError if the guarantee is no
 * rule for siblings.
 */
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
        : [`${name}: ${reason ?? "the guarantee was not judged"}`],
  );
  return { verdict, reasons: judged.length === 0 ? whole.reasons : [...new Set(reasons)], whole };
}
