/**
 * Measures how far a run's registers were from being atomic: k, Δ and Γ over all keys. No verdict uses these figures.
 */
import { codeKey } from "../register/register-coding.ts";
import { delta, gamma } from "./atomicity-time.ts";
import { violationAt } from "../register/ladder.ts";
import { keysOf, type Model } from "../model/model.ts";
import { leastK } from "./k-atomic.ts";
import { quantiles } from "../numbers/quantiles.ts";
import type { Measurement } from "../language/verdict.ts";

/**
 * `k` is the smallest k for which all keys are k-atomic. It is null if unknown, and then `kAtLeast` is a lower bound.
 * `deltaMs` is the largest Δ. `gammaShare` is the share of values with a positive Γ, and `gammaMs` has the quantiles of
 * these Γ.
 *
 * A key with a read of a value that was never or not yet written has an infinite Δ and no k, and its Γ leaves out such
 * reads. Reads that found nothing possibly because of a delete are left out. There are no figures for siblings.
 */
export function atomicityOf(model: Model): Readonly<Record<string, Measurement>> {
  if (model.run.versions === "siblings") return {};
  let k: number | null = 1;
  let kAtLeast = 1;
  let deltaUs = 0;
  let values = 0;
  const scores: number[] = [];
  for (const key of keysOf(model)) {
    const { register, rejections } = codeKey(model, key);
    values += register.writeStart.length;
    const rejected = rejections > 0;
    // Most registers are atomic. An atomic register is 1-atomic, with Δ and Γ of 0.
    if (!rejected && violationAt("linearizable", register) === null) continue;
    const least = rejected ? { k: null, atLeast: 1 } : leastK(register);
    k = k === null || least.k === null ? null : Math.max(k, least.k);
    kAtLeast = Math.max(kAtLeast, least.atLeast);
    deltaUs = Math.max(deltaUs, rejected ? Infinity : delta(register));
    for (const score of gamma(register)) if (score > 0) scores.push(score / 1000);
  }
  return {
    k,
    kAtLeast,
    deltaMs: deltaUs === Infinity ? "infinite" : deltaUs / 1000,
    gammaShare: values === 0 ? 0 : scores.length / values,
    gammaMs: quantiles(scores),
  };
}
