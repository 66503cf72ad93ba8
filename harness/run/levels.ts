/** A planned operation's own levels, as the target's session takes them. */
import type { PlannedOperation } from "../../generators/index.ts";

const names = ["r", "pr", "w", "pw", "dw"] as const;

export function levelsOf(
  operation: Pick<PlannedOperation, (typeof names)[number]>,
): Readonly<Record<string, string | number>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const level = operation[name];
      return level === undefined ? [] : [[name, level] as const];
    }),
  );
}
