/** Matchers for `expect.extend` of Vitest and Jest. */
import type { Outcome, Verdict } from "../../checkers/index.ts";
import { type Attempt, brokenPromises } from "../campaign/index.ts";

/** The result that a runner expects of a matcher. */
export interface MatcherResult {
  readonly pass: boolean;
  /** Says what was expected and what the store did. */
  readonly message: () => string;
}

/** The matchers for `expect(attempt)`. */
export interface AttemptMatchers<Result = unknown> {
  /** Passes if no promise is broken, also if the verdict is unknown: see `toBeJudged`. */
  toHold(): Result;
  /** Passes if a promise is broken. If `guarantee` is given, passes if this guarantee is broken, promised or not. */
  toBreak(guarantee?: string): Result;
  /** Passes if the verdict is not unknown. */
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
  /** Passes if no promise is broken, also if the verdict is unknown. */
  toHold(received: Received): MatcherResult {
    const verdict = verdictOf(received);
    return {
      pass: verdict.verdict !== "invalid",
      message: () => said("no promise to be broken", "a promise to be broken", verdict),
    };
  },
  /** Passes if a promise is broken. If `guarantee` is given, passes if this guarantee is broken, promised or not. */
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
  /** Passes if the verdict is not unknown. */
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

/** Makes the message of a matcher. The message fits both the matcher and its `.not`. */
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
