/**
 * A tombstone is collected long before its grace time is over, here after a thousandth of it. A replica that was away
 * for longer returns with the value, no other replica knows of the delete, and the value spreads (ScyllaDB #8970, and
 * every cluster whose repairs take longer than gc_grace_seconds). The bug must break `no-resurrection`.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  const { tombstones } = parts;
  return {
    ...parts,
    tombstones: {
      ...tombstones,
      mayReap: (settings, deletion) =>
        tombstones.mayReap({ ...settings, graceMs: settings.graceMs / 1000 }, deletion),
    },
  };
}
