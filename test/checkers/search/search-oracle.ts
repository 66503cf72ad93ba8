/** Decides linearizability by its definition, for tiny problems: tries every order, and remembers no state. */
import type { SearchProblem } from "../../../checkers/index.ts";

export function hasOrder({ initial, start, end, step }: SearchProblem): boolean {
  const size = start.length;
  const required = end.reduce((mask, time, i) => (time === Infinity ? mask : mask | (1 << i)), 0);
  const from = (done: number, state: number): boolean => {
    if ((done & required) === required) return true;
    for (let i = 0; i < size; i++) {
      if ((done & (1 << i)) !== 0) continue;
      const waits = end.some(
        (time, j) => j !== i && (done & (1 << j)) === 0 && time < (start[i] as number),
      );
      const next = waits ? -1 : step(state, i);
      if (next >= 0 && from(done | (1 << i), next)) return true;
    }
    return false;
  };
  return from(0, initial);
}

/**
 * The problem with only the operations invoked up to `time`. Operations that had not ended by then are indeterminate.
 */
export function prefixOf(problem: SearchProblem, time: number): SearchProblem {
  const kept = [...problem.start.keys()].filter((i) => (problem.start[i] as number) <= time);
  return {
    ...problem,
    start: Float64Array.from(kept, (i) => problem.start[i] as number),
    end: Float64Array.from(kept, (i) =>
      (problem.end[i] as number) <= time ? (problem.end[i] as number) : Infinity,
    ),
    pure: Uint8Array.from(kept, (i) => problem.pure[i] as number),
    kind: Int32Array.from(kept, (i) => problem.kind[i] as number),
    step: (state, i) => problem.step(state, kept[i] as number),
  };
}
