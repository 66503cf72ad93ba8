/**
 * A hybrid clock ignores the stamps that its node sees, so a write may be ordered before one that its coordinator has
 * just shown to the same client. Kulkarni et al. (OPODIS 2014) define the clock by that step.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    stampClock(host, kind) {
      const clock = parts.stampClock(host, kind);
      return { next: (seen) => clock.next(seen), observe() {} };
    },
  };
}
