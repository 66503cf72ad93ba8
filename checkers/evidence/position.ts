/** The order of events within one node. Each boot of a node has room for this many sequence numbers. */
export const seqsPerBoot = 2 ** 32;

/** The position of an event among all events of its node, over all boots. */
export const positionOf = ({
  boot,
  seq,
}: {
  readonly boot: number;
  readonly seq: number;
}): number => boot * seqsPerBoot + seq;
/** A position that comes before every event of this boot. */
export const startOfBoot = (boot: number): number => boot * seqsPerBoot - 1;

/** A copy of the events in the order of their positions. */
export const inOrder = <Event extends { readonly boot: number; readonly seq: number }>(
  events: readonly Event[],
): Event[] => [...events].sort((a, b) => a.boot - b.boot || a.seq - b.seq);
