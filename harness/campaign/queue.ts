/** Names the plans that threads or clusters should run next. */
import type { PlanSource } from "../search/index.ts";
import type { CampaignOptions } from "./options.ts";
import type { NextAsked } from "./pool.ts";

/**
 * Returns a function that names the plans of this shard in order. It hands over whole plans only if the search is
 * guided.
 *
 * @param done The indices of histories that an earlier process ran.
 */
export function queueOf(
  { histories, shard }: Pick<CampaignOptions, "histories" | "shard">,
  source: PlanSource,
  done: ReadonlySet<number> = new Set(),
): NextAsked {
  let next = shard.index;
  return () => {
    while (done.has(next)) next += shard.of;
    if (next >= histories) return "none";
    if (next >= source.known()) return "later";
    const index = next;
    next += shard.of;
    return source.steers ? { index, plan: source.plan(index) } : { index };
  };
}
