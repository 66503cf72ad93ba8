/** Shrinks a failing plan with fast-check: the same guarantee must break, for the time given. */
import fc from "fast-check";
import type { GuaranteeName } from "../../checkers/index.ts";
import type { Plan } from "../../generators/index.ts";
import { type Attempt, brokenPromises } from "./attempt.ts";

export interface ShrinkOptions {
  readonly plans: fc.Arbitrary<Plan>;
  /** One of these must break again: a plan that fails for another reason is no shrink of this one. */
  readonly broken: readonly GuaranteeName[];
  /** null: what ran cannot be judged. */
  readonly run: (plan: Plan) => Promise<Attempt | null>;
  /** No try starts after this; absent: the signal alone ends it, between tries. */
  readonly timeoutMs?: number;
  /** The same in tries; absent: no limit. */
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
 * `failed` is the failing attempt to begin with; the result is it, or a smaller one that breaks one of the same
 * guarantees.
 */
export async function shrink(failed: Attempt, options: ShrinkOptions): Promise<Shrunk> {
  let smallest = failed;
  let tries = 0;
  const deadlineMs = performance.now() + (options.timeoutMs ?? Number.POSITIVE_INFINITY);
  let late = false;
  let isFull = false;
  const property = fc.asyncProperty(options.plans, async (plan) => {
    if (plan === failed.plan) return false;
    // Not fast-check's own time limit: it abandons the try that is running.
    late ||= performance.now() >= deadlineMs;
    isFull ||= tries >= (options.mostTries ?? Number.POSITIVE_INFINITY);
    if (options.signal.aborted || late || isFull) return true;
    tries++;
    const attempted = await options.run(plan);
    const fails = attempted !== null && breaksOneOf(attempted, options.broken);
    // fast-check goes on from the first candidate that fails: the last one that failed is the smallest so far.
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
      ? `stopped by time: ${(options.timeoutMs ?? 0) / 1000} s`
      : isFull
        ? `stopped after ${tries} tries, as many as were asked for`
        : "nothing smaller fails in the same way";
  return { smallest, tries, ended };
}

export function breaksOneOf(attempted: Attempt, guarantees: readonly GuaranteeName[]): boolean {
  return brokenPromises(attempted.verdict).some((name) => guarantees.includes(name));
}
