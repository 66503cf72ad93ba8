/** Collects what the Hosts recorded. */
import type { EvidenceEvent } from "../../../checkers/index.ts";
import { parseRecorded } from "../../../store/index.ts";
import type { Engine } from "./engine.ts";
import { recordDirectory } from "./machine.ts";
import type { Machine } from "./machine.ts";

// Boots one after the other; the empty line keeps a file's cut-off end from swallowing the next file's start.
const printAll = `for file in ${recordDirectory}/*.jsonl; do [ -e "$file" ] || continue; cat "$file"; echo; done`;

/** A kill may cut the last line of a boot off. If it were any other line, the gap in `seq` would show. */
const parseLine = (line: string): readonly EvidenceEvent[] => {
  try {
    return parseRecorded(line);
  } catch {
    // Cut off: dropped, see above.
    return [];
  }
};

export const parseEvidence = (text: string): readonly EvidenceEvent[] =>
  text.split("\n").flatMap((line) => (line === "" ? [] : parseLine(line)));

/** All nodes' evidence since their data was wiped, in order of time since `beganUs`; each node's own in order of its recording. */
export const collectEvidence = async (
  engine: Engine,
  machines: readonly Machine[],
  beganUs: number,
): Promise<readonly EvidenceEvent[]> => {
  // Printed, not fetched as an archive: a file that grows while it is archived breaks the archive.
  const texts = await Promise.all(
    machines.map(({ machine }) => engine.run(machine, ["sh", "-c", printAll])),
  );
  // A stable sort of sorted runs: the clock is one for all, and equal times keep a node's own order.
  return texts
    .flatMap((text) => parseEvidence(text.toString()))
    .map((event) => ({ ...event, atUs: event.atUs - beganUs }))
    .sort((a, b) => a.atUs - b.atUs);
};
