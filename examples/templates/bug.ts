/** A planted bug: a write counts as acknowledged one replica too early. Copy it, and replace another part. */

/** The part that it replaces, as store/parts.ts has it. */
interface Parts {
  readonly isAcknowledged: (progress: {
    readonly confirmed: readonly string[];
    readonly needed: number;
  }) => boolean;
}

/** What `quorate hunt examples/templates/bug.ts` expects of it. */
export const expected = { breaks: ["acknowledged"], faults: ["partition", "kill"] };

/** Called once for each start of each node, with the parts of a healthy store. */
export default function plant(parts: Parts): Parts {
  return {
    ...parts,
    isAcknowledged: ({ confirmed, needed }) => confirmed.length >= needed - 1,
  };
}
