/** Collects what the harness itself sees of a run, in the order in which it happened. */
import type { EndEvent, HistoryEvent, RunEvent } from "../../checkers/index.ts";

export interface Recorder {
  /** After `end` nothing is recorded any more. */
  record(event: HistoryEvent): void;
  readonly events: readonly HistoryEvent[];
}

/** `sink` is called for each event as it happens, so that a crash of the harness loses nothing that came before. */
export function createRecorder(sink?: (event: HistoryEvent) => void): Recorder {
  const events: HistoryEvent[] = [];
  return {
    events,
    record(event) {
      if (events.at(-1)?.e === "end") return;
      events.push(event);
      sink?.(event);
    },
  };
}

/** The harness's events with those that it heard of only later; at the same time, these come last. */
export function insertByTime(
  events: readonly HistoryEvent[],
  late: readonly Exclude<HistoryEvent, RunEvent>[],
): readonly HistoryEvent[] {
  if (late.length === 0) return events;
  const [run, ...others] = events as readonly [RunEvent, ...Exclude<HistoryEvent, RunEvent>[]];
  const end = others.pop();
  // The sort is stable.
  const sorted = [...others, ...late].sort((a, b) => a.atUs - b.atUs);
  return [run, ...sorted, ...(end === undefined ? [] : [end])];
}

/**
 * One history out of what the harness and what the nodes recorded, by time. Both are in order of time already; at the
 * same microsecond the harness's events come first, which no predicate depends on: all comparisons of times are strict.
 */
export function mergeByTime(
  harness: readonly HistoryEvent[],
  nodes: readonly HistoryEvent[],
): HistoryEvent[] {
  const merged: HistoryEvent[] = [];
  let next = 0;
  for (const event of harness) {
    const atUs = event.e === "run" ? Number.NEGATIVE_INFINITY : event.atUs;
    for (
      let node = nodes[next];
      node !== undefined && node.e !== "run" && node.atUs < atUs;
      node = nodes[++next]
    )
      merged.push(node);
    merged.push(event.e === "end" && nodes.length > 0 ? { ...event, ...extentOf(merged) } : event);
  }
  // What a node did after the harness's closing event belongs to no history.
  return merged;
}

/** How far the evidence of each node and boot goes, for the closing event. */
function extentOf(merged: readonly HistoryEvent[]): Pick<EndEvent, "evidence"> {
  const evidence: Record<string, Record<string, number>> = {};
  for (const event of merged)
    if ("seq" in event) (evidence[event.node] ??= {})[event.boot] = event.seq;
  return { evidence };
}
