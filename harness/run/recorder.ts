/** Collects the harness's own events in the order in which they happened. */
import type { EndEvent, EvidenceEvent, HistoryEvent, RunEvent } from "../../checkers/index.ts";

export interface Recorder {
  /** Records an event. Does nothing once an `end` event was recorded. */
  record(event: HistoryEvent): void;
  readonly events: readonly HistoryEvent[];
}

/** Makes a recorder. It calls `sink` for each event at once, so that a crash of the harness loses no earlier event. */
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

/**
 * Inserts late events by their time, each after the other events of the same time. The first and the last of `events`
 * (`run` and `end`) keep their places.
 */
export function insertByTime(
  events: readonly HistoryEvent[],
  late: readonly Exclude<HistoryEvent, RunEvent>[],
): readonly HistoryEvent[] {
  if (late.length === 0) return events;
  const [run, ...others] = events as readonly [RunEvent, ...Exclude<HistoryEvent, RunEvent>[]];
  const end = others.pop();
  // The sort is stable, so late events stay behind other events of the same time.
  const sorted = [...others, ...late].sort((a, b) => a.atUs - b.atUs);
  return [run, ...sorted, ...(end === undefined ? [] : [end])];
}

/**
 * Merges the events of the harness and of the nodes by time. Both lists are already sorted. At the same microsecond the
 * harness's events come first. Events of nodes that come after the harness's last event are left out.
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
  // Events of nodes after the harness's closing event belong to no history.
  return merged;
}

/** Returns how far the evidence of each boot of each node reaches, for the `end` event. */
function extentOf(merged: readonly HistoryEvent[]): Pick<EndEvent, "evidence"> {
  // Maps, since writing to objects by name takes half as long again, and a history has thousands of events.
  const reached = new Map<string, Map<number, number>>();
  for (const event of merged) {
    const { node, boot, seq } = event as Partial<EvidenceEvent>;
    if (node === undefined || boot === undefined || seq === undefined) continue;
    const boots = reached.get(node);
    if (boots === undefined) reached.set(node, new Map([[boot, seq]]));
    else boots.set(boot, seq);
  }
  const evidence = [...reached].map(([node, boots]) => [node, Object.fromEntries(boots)] as const);
  return { evidence: Object.fromEntries(evidence) };
}
