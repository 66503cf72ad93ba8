/**
 * A put without a context replaces all siblings of its replica, as Riak buckets with allow_mult = false do, although
 * siblings were asked for. The bug must break `siblings-5`: of two acknowledged blind writes both must remain.
 */
import type { Parts } from "../../../../store/parts.ts";

export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    mint: (stored, actor, context, value) =>
      parts.mint(
        stored,
        actor,
        Object.keys(context).length === 0 && stored !== null ? stored.context : context,
        value,
      ),
  };
}
