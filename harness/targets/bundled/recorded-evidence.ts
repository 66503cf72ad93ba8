/** Reads what the Hosts of a node in a container recorded. */
import type { EvidenceEvent } from "../../../checkers/index.ts";
import { parseRecorded } from "../../../store/index.ts";
import { EnvironmentError } from "../../errors.ts";

/** The last line of a node's output: no event is written like this. */
const endMark = "# end of evidence";

/**
 * For a shell of the machine. Boots one after the other; the empty line keeps a file's cut-off end from swallowing the
 * next file's start.
 */
export const printEvidenceCommand = (folder: string): readonly string[] => [
  "sh",
  "-c",
  // Printed, not fetched as an archive: a file that grows while it is archived breaks the archive.
  `for file in ${folder}/*.jsonl; do [ -e "$file" ] || continue; cat "$file" || exit; echo; done; echo '${endMark}'`,
];

/**
 * The output of that command without its last line. Throws an EnvironmentError where that is missing: the engine gave a
 * part of it only.
 */
export const wholeOutput = (text: string): string => {
  const end = `${endMark}\n`;
  if (text === end || text.endsWith(`\n${end}`)) return text.slice(0, -end.length);
  throw new EnvironmentError({
    code: "evidence-cut-off",
    expected: "all of the evidence of a node",
    got: `${text.length} characters without the closing line`,
    hint: "The engine lost a part of a command's output. Run it again; the engine's own log may say why.",
  });
};

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
