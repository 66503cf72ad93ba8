/** What threads are asked to run. */
import type { PlanSource } from "../search/index.ts";
import type { CampaignOptions } from "./options.ts";
import type { NextAsked } from "./pool.ts";

/**
 * Which plans this shard runs, in order. Threads draw plans themselves, unless the search steers.
 *
 * @param done Indices that have been run before.
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
