/**
 * Reads the steps of transactions in Elle's form: `[:r key value]`, `[:w key value]`, `[:append key value]`. In JSON,
 * strings replace the keywords.
 */
import type { Operations } from "./foreign-operations.ts";
import { absent, Kind, nil, type ValueTable } from "./value-table.ts";

/** Whether the value is a list of one or more micro-operations. */
export function isMicroList(values: ValueTable, value: number): boolean {
  return (
    values.kindOf(value) === Kind.list &&
    values.sizeOf(value) > 0 &&
    values.childrenOf(value).every((child) => microKind(values, child) !== undefined)
  );
}

/** The kind of a micro-operation: `r`, `w`, `append` or another name. Undefined: the value is no micro-operation. */
export function microKind(values: ValueTable, micro: number): string | undefined {
  if (values.kindOf(micro) !== Kind.list || values.sizeOf(micro) < 2) return undefined;
  const name = values.childrenOf(micro)[0] as number;
  const kind = values.kindOf(name);
  if (kind !== Kind.keyword && kind !== Kind.string && kind !== Kind.symbol) return undefined;
  const text = values.nameOf(name).replace(/^:/, "");
  // Knossos's multi-register writes `read` and `write` in full.
  if (text === "read" || text === "write") return text.slice(0, 1);
  return /^[a-z-]{1,12}$/.test(text) ? text : undefined;
}

/** The kinds of all micro-operations that a history's requests contain. */
export function microKinds({ history, values, count }: Operations): Set<string> {
  const kinds = new Set<string>();
  const seen = new Set<number>();
  for (let op = 0; op < count; op++) {
    const asked = history.asked[op] as number;
    if (asked === nil || asked === absent) continue;
    for (const micro of values.childrenOf(asked)) {
      if (values.sizeOf(micro) === 0) continue;
      const name = values.childrenOf(micro)[0] as number;
      if (seen.has(name)) continue;
      seen.add(name);
      kinds.add(microKind(values, micro) ?? values.briefOf(name, 20));
    }
  }
  return kinds;
}
