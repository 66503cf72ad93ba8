/** A case of a scenario that shows where its history breaks a guarantee. */
import type { GuaranteeName } from "../../checkers/index.ts";
import type { Plan } from "../../generators/index.ts";
import type { Case } from "./scenario.ts";

/**
 * @param guarantee Claimed by the plan: broken where the edge case is allowed, kept where it is not.
 */
export const judgedCase = (
  setting: string,
  allowed: boolean,
  guarantee: GuaranteeName,
  plan: Plan,
): Case => ({
  setting,
  allowed,
  plan,
  find: ({ judged }) => {
    const found = judged(guarantee);
    if (found?.verdict === "invalid")
      return { happened: true, what: found.anomalies[0]?.explanation ?? `${guarantee} is broken` };
    return found?.verdict === "valid" ? { happened: false, what: `${guarantee} holds` } : null;
  },
});
