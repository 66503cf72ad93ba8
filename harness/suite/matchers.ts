/** What tests say of an attempt: for `expect.extend` of Vitest and Jest. */
import type { Outcome, Verdict } from "../../checkers/index.ts";
import { type Attempt, brokenPromises } from "../campaign/index.ts";

/** What a runner is told. */
export interface MatcherResult {
  readonly pass: boolean;
  /** The failure in words: what was expected, and what the store did. */
  readonly message: () => string;
}

/** What the matchers add to `expect(attempt)`. */
export interface AttemptMatchers<Result = unknown> {
  /** No promise is broken. A verdict that is unknown holds too: see `toBeJudged`. */
  toHold(): Result;
  /** A promise is broken; with a name, that guarantee does not hold, whether it was promised or only observed. */
  toBreak(guarantee?: string): Result;
  /** The verdict is not unknown. */
  toBeJudged(): Result;
}

type Received = Attempt | Verdict;

/**
 * Matchers for attempts and verdicts. `quorate/vitest` adds them by itself.
 *
 * @example
 * import { matchers } from "quorate";
 * expect.extend(matchers); // Jest
 * expect(await attempt(plan, cluster, { evidence: true })).toHold();
 */
export const matchers = {
  /** No promise is broken. A verdict that is unknown holds too. */
  toHold(received: Received): MatcherResult {
    const verdict = verdictOf(received);
    return {
      pass: verdict.verdict !== "invalid",
      message: () => said("no promise to be broken", "a promise to be broken", verdict),
    };
  },
  /** A promise, or the named guarantee, is broken. */
  toBreak(received: Received, guarantee?: string): MatcherResult {
    const verdict = verdictOf(received);
    const judged = guarantee === undefined ? undefined : verdict.guarantees[guarantee];
    if (guarantee !== undefined && judged === undefined)
      throw new TypeError(
        `toBreak: expected one of ${Object.keys(verdict.guarantees).join(", ")}; got ${guarantee}`,
      );
    const what = guarantee ?? "a promise";
    return {
      pass: (judged?.verdict ?? verdict.verdict) === "invalid",
      message: () => said(`${what} to be broken`, `${what} to hold`, verdict, guarantee),
    };
  },
  /** The verdict is not unknown. */
  toBeJudged(received: Received): MatcherResult {
    const verdict = verdictOf(received);
    return {
      pass: verdict.verdict !== "unknown",
      message: () => said("a verdict", "no verdict", verdict),
    };
  },
};

function verdictOf(received: Received): Verdict {
  if (typeof received === "object" && received !== null) {
    if ("events" in received) return received.verdict;
    if ("guarantees" in received) return received;
  }
  throw new TypeError("expected an attempt, or its verdict: the result of attempt() or judge()");
}

/** Both directions: `.not` shows the same message. */
function said(expected: string, other: string, verdict: Verdict, guarantee?: string): string {
  const names = guarantee === undefined ? brokenPromises(verdict) : [guarantee];
  const anomalies = names.flatMap((name) => verdict.guarantees[name]?.anomalies.slice(0, 2) ?? []);
  const words: Readonly<Record<Outcome, string>> = {
    valid: "every promise held",
    invalid: "a promise was broken",
    unknown: "nobody can tell",
  };
  return [
    `expected ${expected} (with .not: ${other}); ${words[verdict.verdict]}`,
    ...anomalies.map((anomaly) => `  ${anomaly.guarantee}: ${anomaly.explanation}`),
    ...(anomalies.length > 0 ? [] : verdict.reasons.slice(0, 3).map((reason) => `  ${reason}`)),
  ].join("\n");
}
