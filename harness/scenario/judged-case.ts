/** A scenario's case that shows by a broken guarantee whether the edge case happened. */
import type { GuaranteeName } from "../../checkers/index.ts";
import type { Plan } from "../../generators/index.ts";
import type { Case } from "./scenario.ts";

/**
 * Makes a case in which a broken guarantee shows that the edge case happened.
 *
 * @param guarantee A guarantee that the plan claims. It must break if the settings allow the edge case, and must hold
 *   otherwise.
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
