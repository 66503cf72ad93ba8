/**
 * A put without a context supersedes all siblings that its replica holds, as Riak buckets with allow_mult = false do,
 * where siblings were asked for. Must break siblings-5: two acknowledged blind writes both stand.
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
