/** How far a run's registers were from atomic: k, Δ and Γ over all keys, as figures. No verdict rests on them. */
import { codeKey } from "../register/register-coding.ts";
import { delta, gamma } from "./atomicity-time.ts";
import { violationAt } from "../register/ladder.ts";
import { keysOf, type Model } from "../model/model.ts";
import { leastK } from "./k-atomic.ts";
import { quantiles } from "../numbers/quantiles.ts";
import type { Measurement } from "../language/verdict.ts";

/**
 * `k`: the least k for which all keys are k-atomic; null where it was not found, then `kAtLeast` is what is known.
 * `deltaMs`: the largest Δ. `gammaShare`: of all values, the share with a positive Γ; `gammaMs`: their quantiles. A key
 * that showed what was never written, or not yet, has no finite Δ and no k; its Γ counts without those reads. A
 * not-found that may have been a delete's is left out.
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
    // An atomic register, the usual one, is 1-atomic, with nothing for Δ or Γ to take away.
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
