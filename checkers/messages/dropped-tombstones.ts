/** When a replica dropped a tombstone, as the store itself explains. No verdict uses this. */
import { allOf, milliseconds } from "./operation-messages.ts";
import type { EvidenceIndex } from "../evidence/evidence-index.ts";
import type { Key, NodeName } from "../language/history.ts";

/**
 * The clause "dropped the tombstone at 250.0 ms and 1750.1 ms" for a node, a key and a span of time. Undefined: the
 * store does not explain that the node dropped a tombstone of the key in that span. Of the built-in targets, only the
 * bundled store explains such drops.
 */
export function tombstoneDrops(
  { explained }: EvidenceIndex,
  node: NodeName,
  key: Key,
  [fromUs, toUs]: readonly [number, number],
): string | undefined {
  const drops = explained.filter(
    (event) =>
      event.node === node &&
      event.what === "tombstone dropped" &&
      event.key === key &&
      event.atUs >= fromUs &&
      event.atUs <= toUs,
  );
  return drops.length === 0
    ? undefined
    : `dropped the tombstone at ${allOf(drops.map(({ atUs }) => milliseconds(atUs)))}`;
}
