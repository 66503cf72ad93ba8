/** A planted bug: a write counts as acknowledged one replica too early. Copy this file and replace another part. */

/** The part that the bug replaces. store/parts.ts has the types of all parts. */
interface Parts {
  readonly isAcknowledged: (progress: {
    readonly confirmed: readonly string[];
    readonly needed: number;
  }) => boolean;
}

/** The result that `quorate hunt examples/templates/bug.ts` expects. */
export const expected = { breaks: ["acknowledged"], faults: ["partition", "kill"] };

/**
 * Called once at each start of each node, with the parts of a healthy store. Before the first start, quorate also calls
 * it a few times, to find errors that it throws and a bug that replaces no part.
 */
export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    isAcknowledged: ({ confirmed, needed }) => confirmed.length >= needed - 1,
  };
}
