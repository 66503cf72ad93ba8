/** Extracts a part of a plan. */
import { closeGap } from "../faults/nodes.ts";
import type { Kinds } from "../kinds.ts";
import type { Plan, PlannedFault, PlannedOperation } from "../plan.ts";
import { dropEmptyContexts, withoutClient } from "./drop.ts";

/**
 * Returns the plan with only these operations and faults. Clients and keys without operations are removed, with the
 * faults of such clients, but at least one client and one key stay. Indices of later clients and keys decrease.
 *
 * @param operations The operations to keep, in the plan's order, each with its client and key in the plan.
 */
export function partOf(
  plan: Plan,
  operations: readonly PlannedOperation[],
  faults: readonly PlannedFault[],
  kinds: Kinds,
): Plan {
  let part: Plan = { ...plan, operations: dropEmptyContexts(operations), faults };
  for (let client = plan.clients - 1; client >= 0 && part.clients > 1; client--)
    if (!operations.some((one) => one.client === client))
      part = {
        ...part,
        clients: part.clients - 1,
        operations: part.operations.map((one) => ({
          ...one,
          client: closeGap(one.client, client),
        })),
        faults: withoutClient(part.faults, client, kinds),
      };
  for (let key = plan.keys - 1; key >= 0 && part.keys > 1; key--)
    if (!operations.some((one) => one.key === key))
      part = {
        ...part,
        keys: part.keys - 1,
        ...(part.keyNames !== undefined && { keyNames: part.keyNames.toSpliced(key, 1) }),
        operations: part.operations.map((one) => ({ ...one, key: closeGap(one.key, key) })),
      };
  return part;
}
