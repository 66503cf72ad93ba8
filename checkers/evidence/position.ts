import type { NodeName } from "../language/history.ts";

/** The order of events within one node. Each boot of a node has room for this many sequence numbers. */
export const seqsPerBoot = 2 ** 32;

interface Positioned {
  readonly boot: number;
  readonly seq: number;
}

/** The position of an event among all events of its node, over all boots. */
export const positionOf = ({ boot, seq }: Positioned): number => boot * seqsPerBoot + seq;
/** A position that comes before every event of this boot. */
export const startOfBoot = (boot: number): number => boot * seqsPerBoot - 1;

/**
 * The events, those of each node in the order of their positions. Hosts record them in that order, so a sort is seldom
 * needed.
 */
export function inOrder<Event extends Positioned & { readonly node: NodeName }>(
  events: readonly Event[],
): readonly Event[] {
  const last = new Map<NodeName, number>();
  for (const event of events) {
    const position = positionOf(event);
    if (position < (last.get(event.node) ?? 0))
      return [...events].sort((a, b) => positionOf(a) - positionOf(b));
    last.set(event.node, position);
  }
  return events;
}
