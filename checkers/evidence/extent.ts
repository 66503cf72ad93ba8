/** Decides whether the evidence of a history is complete and belongs to one run. */
import { positionOf, seqsPerBoot } from "./position.ts";
import type { EvidenceEvent, EvidenceExtent, NodeName } from "../language/history.ts";

/**
 * The first missing position of each boot whose end is lost.
 *
 * @param positions The positions of one node's events, ascending.
 * @param boots The number of the last event of each of the node's boots.
 */
export function lostBeyond(
  positions: readonly number[],
  boots: EvidenceExtent[NodeName],
): readonly number[] {
  const last = new Map<number, number>();
  for (const position of positions) last.set(Math.floor(position / seqsPerBoot), position);
  return Object.entries(boots).flatMap(([boot, seq]) => {
    const found = last.get(Number(boot)) ?? Number(boot) * seqsPerBoot - 1;
    return found < positionOf({ boot: Number(boot), seq }) ? [found + 1] : [];
  });
}

/**
 * Why these events cannot all belong to this run, in one sentence. Null: they can.
 *
 * @param events The evidence. The events of each node are in the order of their positions.
 * @param extent How much evidence each node recorded, according to the `end` event.
 */
export function foreignEvidence(
  events: readonly EvidenceEvent[],
  extent: EvidenceExtent,
): string | null {
  const last = new Map<NodeName, EvidenceEvent>();
  for (const event of events) {
    const { node, boot, seq, atUs } = event;
    const before = last.get(node);
    if (before !== undefined && positionOf(before) === positionOf(event))
      return mixed(`${node} recorded event ${seq} of its boot ${boot} twice`);
    if (before !== undefined && before.atUs > atUs)
      return mixed(`the clock of ${node} runs back at event ${seq} of its boot ${boot}`);
    if (seq > lastSeq(extent, node, boot))
      return mixed(
        `the file has event ${seq} of boot ${boot} of ${node}, but ${node} recorded no such event`,
      );
    last.set(node, event);
  }
  return null;
}

/**
 * The number of the last event of the boot, or −1 if the node recorded no such boot. Inherited fields are ignored,
 * since a file may name a node "constructor".
 */
function lastSeq(extent: EvidenceExtent, node: NodeName, boot: number): number {
  const boots = Object.hasOwn(extent, node) ? extent[node] : undefined;
  return boots?.[boot] ?? -1;
}

const mixed = (why: string): string => `evidence of another run is mixed in: ${why}`;
