/**
 * Shrinks a failing plan with fast-check, within a time and a number of tries. Every smaller plan must break one of the
 * guarantees that the failing plan broke.
 */
import fc from "fast-check";
import type { GuaranteeName } from "../../checkers/index.ts";
import type { Plan } from "../../generators/index.ts";
import { nothingSmaller } from "../../reports/index.ts";
import { type Attempt, brokenPromises } from "./attempt.ts";

export interface ShrinkOptions {
  readonly plans: fc.Arbitrary<Plan>;
  /**
   * Every smaller plan must break at least one of these guarantees. A plan that breaks only others is no smaller case
   * of this failure.
   */
  readonly broken: readonly GuaranteeName[];
  /** Runs and judges a plan. Resolves with null if the history cannot be judged. */
  readonly run: (plan: Plan) => Promise<Attempt | null>;
  /** No try starts after this time, in ms. Absent: no time limit. */
  readonly timeoutMs?: number;
  /** The largest number of tries. Absent: no limit. */
  readonly mostTries?: number;
  readonly signal: AbortSignal;
  readonly progress?: (smallest: Plan, tries: number) => void;
}

export interface Shrunk {
  readonly smallest: Attempt;
  readonly tries: number;
  readonly ended: string;
}

/**
 * Shrinks a failing attempt. Returns a smaller attempt that breaks one of the guarantees in `options.broken`, or
 * `failed` if no smaller attempt does.
 */
export async function shrink(failed: Attempt, options: ShrinkOptions): Promise<Shrunk> {
  let smallest = failed;
  let tries = 0;
  const deadlineMs = performance.now() + (options.timeoutMs ?? Number.POSITIVE_INFINITY);
  let late = false;
  let isFull = false;
  const property = fc.asyncProperty(options.plans, async (plan) => {
    if (plan === failed.plan) return false;
    // The time limit is checked here, since fast-check's own time limit would abandon the running try.
    late ||= performance.now() >= deadlineMs;
    isFull ||= tries >= (options.mostTries ?? Number.POSITIVE_INFINITY);
    if (options.signal.aborted || late || isFull) return true;
    tries++;
    const attempted = await options.run(plan);
    const fails = attempted !== null && breaksOneOf(attempted, options.broken);
    // fast-check continues from the first candidate that fails, so the last failing candidate is the smallest so far.
    if (fails) smallest = attempted;
    options.progress?.(smallest.plan, tries);
    return !fails;
  });
  await fc.check(property, {
    examples: [[failed.plan]],
    numRuns: 1,
    seed: failed.plan.worldSeed | 0,
    skipEqualValues: false,
  });
  const ended = options.signal.aborted
    ? "interrupted"
    : late
      ? `stopped after the time limit of ${(options.timeoutMs ?? 0) / 1000} s`
      : isFull
        ? `stopped at the limit of ${tries} tries`
        : nothingSmaller;
  return { smallest, tries, ended };
}

export function breaksOneOf(attempted: Attempt, guarantees: readonly GuaranteeName[]): boolean {
  return brokenPromises(attempted.verdict).some((name) => guarantees.includes(name));
}
