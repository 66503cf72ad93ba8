/** Combines the nemesis's events into spans with short names. */
import type { FaultEvent, HistoryEvent } from "../../checkers/index.ts";
import { clip } from "../markup.ts";
import { milliseconds } from "../page/format.ts";
import type { TraceFault } from "./trace-shape.ts";

/**
 * One span for each fault. Skipped faults are left out. A fault that never healed lasts until the end of the history.
 */
export function traceFaults(
  events: readonly HistoryEvent[],
  originUs: number,
  endUs: number,
): readonly TraceFault[] {
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
        label: labelAndDetail(first),
        nodes: first.nodes.map((node) => clip(node, 60)),
        fromUs,
        toUs,
        fullFromUs: at("injected") ?? fromUs,
        fullToUs: at("heal") ?? toUs,
      },
    ];
  });
}

/**
 * A fault's short name, with the links that the fault cut: "partition n1 n2 ↮ n3 n4 n5", "partition n1 ↮ n4, n2 ↮ n3",
 * "partition n1 ↛ n2", "kill n3".
 */
export function faultLabel(event: FaultEvent): string {
  const kind = clip(event.kind, 40);
  const cuts = event.cuts ?? [];
  if (cuts.length === 0) return `${kind} ${names(event.nodes)}`.trim();
  const known = new Set(cuts.map(([from, to]) => JSON.stringify([from, to])));
  const isBothWays = ([from, to]: Cut): boolean => known.has(JSON.stringify([to, from]));
  const said = [
    ...sidesOf(cuts.filter(isBothWays), true).map(
      ([left, right]) => `${names(left)} ↮ ${names(right)}`,
    ),
    ...sidesOf(
      cuts.filter((cut) => !isBothWays(cut)),
      false,
    ).map(([from, to]) => `${names(from)} ↛ ${names(to)}`),
  ];
  return `${kind} ${said.slice(0, sidesAtMost).join(", ")}${said.length > sidesAtMost ? ", and more" : ""}`;
}

/**
 * A fault's short name, with the details that its kind, nodes and cuts do not tell: "membership n2, add n6 through n2".
 * Details that begin with the kind are the whole name: "crash at n2".
 */
function labelAndDetail(event: FaultEvent): string {
  const { kind, phase, detail } = event;
  if (phase !== "inject" || detail === undefined) return faultLabel(event);
  const said = clip(detail.replace(/,$/, ""), 200);
  return said.startsWith(`${kind} `) ? said : `${faultLabel(event)}, ${said}`;
}

/**
 * When the fault was first certainly in force, for example "12.4 ms". Undefined: already at the fault's first change,
 * as far as the written times show.
 */
export const confirmedAt = ({ fromUs, fullFromUs }: TraceFault): string | undefined =>
  milliseconds(fullFromUs) === milliseconds(fromUs) ? undefined : milliseconds(fullFromUs);

/**
 * When the fault lasted: "from 1.1 ms to 46.0 ms". If the fault needed time to begin, as faults in containers do, the
 * text also says from when on the fault was certainly in force. `originUs` is added to all times in the text.
 */
export function faultTimes(fault: TraceFault, endUs: number, originUs = 0): string {
  const until = fault.toUs >= endUs ? "until the end" : `to ${milliseconds(fault.toUs + originUs)}`;
  const since = confirmedAt({
    ...fault,
    fromUs: fault.fromUs + originUs,
    fullFromUs: fault.fullFromUs + originUs,
  });
  const sure = since === undefined ? "" : `, certainly in force from ${since} on`;
  return `from ${milliseconds(fault.fromUs + originUs)} ${until}${sure}`;
}

type Cut = readonly [from: string, to: string];

/**
 * The largest number of pairs of sides in a name. Partitions that the nemesis makes rarely need more, but other
 * histories may.
 */
const sidesAtMost = 12;

/**
 * Groups the cuts into few pairs of sides. In each pair, each node on the left is cut off from each node on the right.
 *
 * @param bothWays True: all links are cut in both directions, so each pair covers both.
 */
function sidesOf(
  cuts: readonly Cut[],
  bothWays: boolean,
): readonly (readonly [readonly string[], readonly string[]])[] {
  const sides: (readonly [readonly string[], readonly string[]])[] = [];
  let left = cuts;
  while (left.length > 0 && sides.length <= sidesAtMost) {
    const ends = new Map<string, Set<string>>();
    for (const [from, to] of left) ends.set(from, (ends.get(from) ?? new Set()).add(to));
    const beginning = [...ends.keys()].sort()[0] as string;
    const right = [...(ends.get(beginning) ?? [])].sort();
    const same = [...ends]
      .filter(([, to]) => to.size === right.length && right.every((node) => to.has(node)))
      .map(([from]) => from)
      .sort();
    sides.push([same, right]);
    const isSaid = (from: string, to: string): boolean => same.includes(from) && right.includes(to);
    left = left.filter(([from, to]) => !isSaid(from, to) && !(bothWays && isSaid(to, from)));
  }
  return sides;
}

const names = (nodes: readonly string[]): string =>
  [...nodes]
    .sort()
    .map((node) => clip(node, 60))
    .join(" ");
