/**
 * One node collects tombstones at once, whatever the others hold: an old configuration that was left on a single
 * machine (gc_grace_seconds differs from node to node). Must break no-resurrection.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts, node: string): Parts {
  if (node !== "n1") return parts;
  return {
    ...parts,
    tombstones: { ...parts.tombstones, mayReap: () => true, remains: () => null },
  };
}
