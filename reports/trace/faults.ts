/** Pairs the nemesis's events into spans, and names each in a few words. */
import type { FaultEvent, HistoryEvent } from "../../checkers/index.ts";
import { clip } from "../markup.ts";
import type { TraceFault } from "./shape.ts";

/** Faults that were skipped have no span. One that never healed lasts until the end. */
export function traceFaults(events: readonly HistoryEvent[], originUs: number, endUs: number): readonly TraceFault[] {
  const byIndex = new Map<number, FaultEvent[]>();
  for (const event of events) {
    if (event.e !== "fault") continue;
    byIndex.set(event.fault, [...(byIndex.get(event.fault) ?? []), event]);
  }
  return [...byIndex.values()].flatMap((phases) => {
    const at = (phase: FaultEvent["phase"]): number | undefined => {
      const event = phases.find((candidate) => candidate.phase === phase);
      return event && event.atUs - originUs;
    };
    const first = phases.find((event) => event.phase === "inject" || event.phase === "injected");
    if (first === undefined) return [];
    const fromUs = first.atUs - originUs;
    const toUs = at("healed") ?? endUs;
    return [
      {
        kind: clip(first.kind, 40),
        label: faultLabel(first),
        nodes: first.nodes.map((node) => clip(node, 60)),
        fromUs,
        toUs,
        fullFromUs: at("injected") ?? fromUs,
        fullToUs: at("heal") ?? toUs,
      },
    ];
  });
}

/** "partition n1 n2 ↮ n3 n4 n5", "partition n1 ↛ n2", "kill n3". */
export function faultLabel(event: FaultEvent): string {
  const kind = clip(event.kind, 40);
  const cuts = event.cuts ?? [];
  if (cuts.length === 0) return `${kind} ${names(event.nodes)}`.trim();
  const both = cuts.filter(([from, to]) => cuts.some(([a, b]) => a === to && b === from));
  const [[from]] = cuts as readonly [readonly [string, string]];
  if (both.length !== cuts.length) return `${kind} ${cuts.slice(0, 4).map(([a, b]) => `${names([a])} ↛ ${names([b])}`).join(", ")}${cuts.length > 4 ? ", …" : ""}`;
  const right = [...new Set(cuts.filter(([a]) => a === from).map(([, to]) => to))];
  const left = [...new Set(cuts.filter(([, to]) => to === right[0]).map(([a]) => a))];
  return `${kind} ${names(left)} ↮ ${names(right)}`;
}

const names = (nodes: readonly string[]): string => [...nodes].sort().map((node) => clip(node, 60)).join(" ");
