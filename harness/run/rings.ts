/** Finds when each node used which version of the ring. */
import type { HistoryEvent, RingEvent } from "../../checkers/index.ts";
import type { Settings } from "../../generators/index.ts";
import type { Cluster } from "../platforms/cluster.ts";
import type { SeenRings } from "./inspect.ts";

interface Place {
  readonly cluster: Cluster;
  readonly plan: { readonly settings: Settings };
}

/**
 * Adds a `ring` event to the evidence after each sync of a version of the ring. Only the target can interpret the
 * synced record.
 */
export function withRings(
  evidence: readonly HistoryEvent[],
  { cluster, plan }: Place,
  keys: readonly string[],
): readonly HistoryEvent[] {
  const { ringOf } = cluster.target;
  if (ringOf === undefined) return evidence;
  return evidence.flatMap((event): readonly HistoryEvent[] => {
    if (event.e !== "sync") return [event];
    const { node, atUs } = event;
    const rings = event.records.flatMap(({ ring }): RingEvent[] =>
      ring === undefined ? [] : [{ e: "ring", atUs, node, ...ringOf(plan.settings, ring, keys) }],
    );
    return [event, ...rings];
  });
}

/**
 * Makes an event for the ring of each inspected node that showed one, since nodes without evidence record no such
 * event.
 */
export function ringsSeen(
  rings: SeenRings,
  { cluster, plan }: Place,
  keys: readonly string[],
): readonly RingEvent[] {
  const { ringOf } = cluster.target;
  const atUs = cluster.clock.nowUs();
  return [...rings].flatMap(([node, { ring }]): RingEvent[] =>
    ring === undefined || ringOf === undefined
      ? []
      : [{ e: "ring", atUs, node, ...ringOf(plan.settings, ring, keys) }],
  );
}
