/// <reference lib="dom" />
/** Which operations the person wants to see. */
import type { Trace, TraceOperation } from "../trace/trace-shape.ts";

export interface Filters {
  passes(operation: TraceOperation): boolean;
  /** The key that is chosen; undefined: all. */
  readonly key: () => string | undefined;
  /** Changes with every change of a filter, for what is worth keeping in between. */
  readonly version: () => number;
}

/** Fills the selects of a toolbar, `key`, `client`, `f` and `outcome`, with what the history has, and follows them. */
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
