/**
 * A hybrid clock ignores the stamps that its node sees, so a write may be ordered before a write that its coordinator
 * has just shown to the same client. In Kulkarni et al. (OPODIS 2014), the clock takes over later stamps that it sees.
 * The bug must break `writes-follow-reads`.
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
