/** Finds when each node ran: its boots, from evidence and the nemesis's events, and its pauses. */
import type { BootEvent, HistoryEvent, NodeName } from "../../checkers/index.ts";
import { clip } from "../markup.ts";
import type { TraceFault, TraceNode } from "./trace-shape.ts";

/** The times of the first and the last event of a history. */
interface Within {
  readonly fromUs: number;
  readonly endUs: number;
}

export function traceNodes(
  events: readonly HistoryEvent[],
  names: readonly NodeName[],
  faults: readonly TraceFault[],
  within: Within,
): readonly TraceNode[] {
  const starts = events.filter(
    (event) => event.e === "boot" && event.phase === "start",
  ) as readonly BootEvent[];
  return names.map((name) => ({
    name: clip(name, 60),
    boots: bootsOf(name, events, starts, within),
    pauses: faults
      .filter((fault) => fault.kind === "pause" && fault.nodes.includes(clip(name, 60)))
      .map(({ fromUs, toUs }) => ({ fromUs, toUs })),
  }));
}

/** The boots of a node. Without evidence of the node's starts, the node has a single boot with number 0. */
function bootsOf(
  name: NodeName,
  events: readonly HistoryEvent[],
  starts: readonly BootEvent[],
  { fromUs, endUs }: Within,
): TraceNode["boots"] {
  const own = starts.filter((start) => start.node === name);
  if (own.length === 0) return [{ boot: 0, fromUs, toUs: endUs }];
  return own.map((start, index) => {
    const nextUs = own[index + 1]?.atUs ?? Infinity;
    const last = lastSign(name, events, start, nextUs);
    return {
      boot: start.boot,
      fromUs: start.atUs,
      toUs: Math.min(last ?? Infinity, nextUs, endUs),
    };
  });
}

/**
 * The end of a boot, or undefined if it did not end: the nemesis's event of a kill or the evidence of the boot's end,
 * whichever comes first. The restart of the final phase may leave neither. Then the end is the later of the boot's last
 * evidence and the last phase before the next boot.
 */
function lastSign(
  name: NodeName,
  events: readonly HistoryEvent[],
  start: BootEvent,
  nextUs: number,
): number | undefined {
  let lastSignUs = start.atUs;
  for (const event of events) {
    if (event.e === "fault") {
      const killed =
        event.kind === "kill" && event.phase === "injected" && event.nodes.includes(name);
      if (killed && event.atUs >= start.atUs && event.atUs < nextUs) return event.atUs;
      continue;
    }
    if (event.e === "phase" && event.atUs < nextUs) lastSignUs = Math.max(lastSignUs, event.atUs);
    if (!("boot" in event) || event.node !== name || event.boot !== start.boot) continue;
    if (event.e === "boot" && event.phase === "end") return event.atUs;
    lastSignUs = Math.max(lastSignUs, event.atUs);
  }
  return nextUs === Infinity ? undefined : lastSignUs;
}
