/// <reference lib="dom" />
/** The filters of a timeline, which choose the operations that it draws in full. */
import type { Trace, TraceOperation } from "../trace/trace-shape.ts";

export interface Filters {
  passes(operation: TraceOperation): boolean;
  /** The selected key. Undefined: operations of all keys are included. */
  readonly key: () => string | undefined;
  /** A number that grows with every change of a filter, so that callers can cache results. */
  readonly version: () => number;
}

/**
 * Fills the selects `key`, `client`, `f` and `outcome` of a toolbar with the history's values, and follows the user's
 * choices.
 */
export function followFilters(
  selectOf: (name: string) => HTMLSelectElement,
  trace: Trace,
  changed: () => void,
): Filters {
  const names = ["key", "client", "f", "outcome"] as const;
  const byNumber = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });
  let version = 0;
  let wanted: readonly (readonly [name: (typeof names)[number], value: string])[] = [];
  for (const name of names) {
    const select = selectOf(name);
    for (const value of [...new Set(trace.operations.map((operation) => operation[name]))].sort(
      byNumber,
    )) {
      const option = document.createElement("option");
      option.value = option.textContent = value;
      select.append(option);
    }
    select.addEventListener("change", () => {
      version++;
      wanted = names.flatMap((each) =>
        selectOf(each).value === "" ? [] : [[each, selectOf(each).value] as const],
      );
      changed();
    });
  }
  return {
    passes: (operation) => wanted.every(([name, value]) => operation[name] === value),
    key: () => wanted.find(([name]) => name === "key")?.[1],
    version: () => version,
  };
}
