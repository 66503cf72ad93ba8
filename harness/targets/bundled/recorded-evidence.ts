/** Reads what the Hosts of a node in a container recorded. */
import type { EvidenceEvent } from "../../../checkers/index.ts";
import { parseRecorded } from "../../../store/index.ts";

/** For a shell of the machine. Boots one after the other; the empty line keeps a file's cut-off end from swallowing the next file's start. */
export const printEvidenceCommand = (folder: string): readonly string[] => [
  "sh",
  "-c",
  // Printed, not fetched as an archive: a file that grows while it is archived breaks the archive.
  `for file in ${folder}/*.jsonl; do [ -e "$file" ] || continue; cat "$file"; echo; done`,
];

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
