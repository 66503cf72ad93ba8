/** The nodes that a plan's membership changes add. */
import { type Kinds, kindOf, type NodeNamer, type Plan } from "../../generators/index.ts";
import type { NodeName } from "../../checkers/index.ts";

/**
 * The nodes that may join in this plan, in order of their numbers.
 *
 * @returns Undefined if no fault of the plan changes membership.
 */
export function newcomersOf(
  { faults }: Plan,
  kinds: Kinds,
  nameOf: NodeNamer,
): readonly NodeName[] | undefined {
  const joining = faults.flatMap(({ fault }) => {
    const joins = kindOf(kinds, fault).joins?.(fault);
    return joins === undefined ? [] : [joins];
  });
  if (joining.length === 0) return undefined;
  return [...new Set(joining.flat())].sort((a, b) => a - b).map(nameOf);
}
