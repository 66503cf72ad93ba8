/**
 * One node collects tombstones at once, whatever the others hold, as if an old configuration were left on one machine
 * (gc_grace_seconds differs between nodes). The bug must break `no-resurrection`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts, node: string): Parts {
  if (node !== "n1") return parts;
  return {
    ...parts,
    tombstones: { ...parts.tombstones, mayReap: () => true, remains: () => null },
  };
}
