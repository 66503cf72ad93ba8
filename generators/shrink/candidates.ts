/** Lists all candidates for a smaller plan lazily, beginning where the last smaller plan was found. */
import type { ResolvedLanguage } from "../options.ts";
import type { Plan } from "../plan.ts";
import { isSmaller } from "./measure.ts";
import type { Pass } from "./passes.ts";

/** The current position in the passes of shrinking. */
export interface Cursor {
  readonly pass: number;
  readonly index: number;
}

export const start: Cursor = { pass: 0, index: 0 };

/**
 * Yields each smaller candidate with its cursor. If a candidate still shows the failure, shrinking continues with the
 * candidate, from this cursor on. The candidates before the cursor did not show the failure on a larger plan, so they
 * come last. If no candidate of the stream shows the failure, no pass can make the plan smaller.
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
