/** One key's operations as a problem for the general search: values are numbers, and the state is the value that the register holds. */
import type { SearchProblem } from "../search/search.ts";
import type { ForeignOperation, ForeignValue } from "./history.ts";

export interface RegisterProblem {
  readonly problem: SearchProblem;
  /** What the problem's numbers stand for. */
  readonly operations: readonly ForeignOperation[];
  valueOf(state: number): ForeignValue;
}

export function registerProblem(
  all: readonly ForeignOperation[],
  initial: ForeignValue,
): RegisterProblem {
  const operations = useful(all);
  const values: ForeignValue[] = [];
  const codes = new Map<ForeignValue, number>();
  const code = (value: ForeignValue): number => {
    let known = codes.get(value);
    if (known === undefined) {
      codes.set(value, (known = values.length));
      values.push(value);
    }
    return known;
  };
  const kinds = new Map<string, number>();
  const kind = operations.map(({ f, value, expected }) => {
    const name = JSON.stringify([f, value, expected]);
    const known = kinds.get(name) ?? kinds.size;
    kinds.set(name, known);
    return known;
  });
  const first = code(initial);
  const value = Int32Array.from(operations, (operation) => code(operation.value));
  const expected = Int32Array.from(operations, (operation) => code(operation.expected));
  const step = (state: number, index: number): number => {
    const operation = operations[index] as ForeignOperation;
    switch (operation.f) {
      case "read":
        return value[index] === state ? state : -1;
      case "write":
        return value[index] as number;
      case "cas":
        return expected[index] === state ? (value[index] as number) : -1;
      case "add":
        throw new Error("a set has a checker of its own");
      case "append":
        return code(appended(values[state] ?? null, operation.value));
    }
  };
  return {
    operations,
    valueOf: (state) => values[state] ?? null,
    problem: {
      initial: first,
      start: Float64Array.from(operations, ({ start }) => start),
      end: Float64Array.from(operations, ({ end }) => end),
      step,
      pure: Uint8Array.from(operations, ({ f }, index) =>
        f === "read" || (f === "cas" && value[index] === expected[index]) ? 1 : 0,
      ),
      kind: Int32Array.from(kind),
    },
  };
}

/** Without the indeterminate operations whose outcome nobody asks for: an order that holds one is as legal without it. */
function useful(operations: readonly ForeignOperation[]): readonly ForeignOperation[] {
  if (operations.some(({ f }) => f === "append")) return operations;
  const wanted = new Set<ForeignValue>(
    operations.flatMap(({ f, value, expected }) =>
      f === "read" ? [value] : f === "cas" ? [expected] : [],
    ),
  );
  return operations.filter(({ end, value }) => end !== Infinity || wanted.has(value));
}

/** Both are printed strings: `"a"` and `"b"` make `"ab"`. */
const appended = (state: ForeignValue, more: ForeignValue): string =>
  (state ?? '""').slice(0, -1) + (more ?? '""').slice(1);
