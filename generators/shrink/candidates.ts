/** All candidates for a plan, lazily, beginning where the last success left off. */
import type { ResolvedLanguage } from "../options.ts";
import type { Plan } from "../plan.ts";
import { isSmaller } from "./measure.ts";
import type { Pass } from "./passes.ts";

/** Where in the passes shrinking stands. */
export interface Cursor {
  readonly pass: number;
  readonly index: number;
}

export const start: Cursor = { pass: 0, index: 0 };

/**
 * Each with the cursor from which to go on if it fails. What lies before the cursor did not help when it was tried on a
 * larger plan, so it comes last, not first; but it comes: once the stream ends without a success, no pass helps this
 * plan any more.
 */
export function* candidates(
  plan: Plan,
  passes: readonly Pass[],
  from: Cursor,
  language: ResolvedLanguage,
): IterableIterator<[candidate: Plan, cursor: Cursor]> {
  const passAt = (offset: number) => (from.pass + offset) % passes.length;
  for (let offset = 0; offset <= passes.length; offset++) {
    const number = passAt(offset);
    const pass = passes[number];
    if (!pass) return;
    const count = pass.count(plan);
    const begin = offset === 0 ? from.index : 0;
    const end = offset === passes.length ? Math.min(from.index, count) : count;
    for (let index = begin; index < end; index++) {
      const candidate = pass.candidate(plan, index);
      if (candidate && isSmaller(candidate, plan, language))
        yield [candidate, { pass: number, index }];
    }
  }
}
