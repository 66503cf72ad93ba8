/**
 * Says how well broadcasts spread over all histories of a campaign, with the figures of the Gossip Glomers challenges.
 */
import type { Verdict } from "../checkers/index.ts";
import type { Campaign, Spread } from "./campaign.ts";
import { durationsUpTo, number } from "./report-messages.ts";

/**
 * How well broadcasts spread in one history, from the measurements of the checker of `set-complete`. Undefined if it
 * did not measure that, for example since nothing was broadcast.
 */
export function spreadIn({ guarantees }: Pick<Verdict, "guarantees">): Spread | undefined {
  const measurements = guarantees["set-complete"]?.measurements ?? {};
  const { messagesBetweenNodes, operations, medianStableMs, maximalStableMs } = measurements;
  return typeof messagesBetweenNodes === "number" &&
    typeof operations === "number" &&
    typeof medianStableMs === "number" &&
    typeof maximalStableMs === "number"
    ? { messages: messagesBetweenNodes, operations, medianStableMs, maximalStableMs }
    : undefined;
}

/**
 * Says how well broadcasts spread over all histories, without a full stop. Undefined if no history has figures for it.
 */
export function spreadText({ histories }: Pick<Campaign, "histories">): string | undefined {
  const spreads = histories.flatMap(({ spread }) => spread ?? []);
  if (spreads.length === 0) return undefined;
  const sum = (of: "messages" | "operations"): number =>
    spreads.reduce((total, spread) => total + spread[of], 0);
  const medians = spreads.map(({ medianStableMs }) => medianStableMs).sort((a, b) => a - b);
  const median = medians[Math.floor(medians.length / 2)] ?? 0;
  const slowest = Math.max(...spreads.map(({ maximalStableMs }) => maximalStableMs));
  const duration = durationsUpTo(slowest);
  const perOperation = Math.round((100 * sum("messages")) / Math.max(1, sum("operations"))) / 100;
  return `${number(perOperation)} messages between nodes per operation; the last read that lacked a broadcast number began at most ${duration(slowest)} after the broadcast had begun; the median${spreads.length > 1 ? " of the histories’ medians" : ""} is ${duration(median)}`;
}
