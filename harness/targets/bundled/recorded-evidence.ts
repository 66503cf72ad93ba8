/** Reads the evidence that a node's Host recorded in a container. */
import type { EvidenceEvent } from "../../../checkers/index.ts";
import { parseRecorded } from "../../../store/index.ts";
import { EnvironmentError } from "../../errors.ts";

/** The last line that the command of `printEvidenceCommand` prints. No event looks like this line. */
const endMark = "# end of evidence";

/**
 * Returns a shell command that prints the evidence in this folder, one boot's file after the other. The empty line
 * after each file separates a cut-off end from the next file.
 */
export const printEvidenceCommand = (folder: string): readonly string[] => [
  "sh",
  "-c",
  // The files are printed, not fetched as an archive, since a file that grows meanwhile would break the archive.
  `for file in ${folder}/*.jsonl; do [ -e "$file" ] || continue; cat "$file" || exit; echo; done; echo '${endMark}'`,
];

/**
 * Returns the output of `printEvidenceCommand`'s command without its closing line. Throws an EnvironmentError if this
 * line is missing, since the engine then returned only a part.
 */
export const wholeOutput = (text: string): string => {
  const end = `${endMark}\n`;
  if (text === end || text.endsWith(`\n${end}`)) return text.slice(0, -end.length);
  throw new EnvironmentError({
    code: "evidence-cut-off",
    expected: "all of the evidence of a node",
    got: `${text.length} characters without the closing line`,
    hint: "The engine lost a part of a command's output. Run the history again; the engine's own log may say why.",
  });
};

/**
 * Parses one line. Leaves out a line that cannot be parsed: a kill may cut off the last line of a boot. A cut-off line
 * in any other place would show as a gap in `seq`.
 */
const parseLine = (line: string): readonly EvidenceEvent[] => {
  try {
    return parseRecorded(line);
  } catch {
    return [];
  }
};

export const parseEvidence = (text: string): readonly EvidenceEvent[] =>
  text.split("\n").flatMap((line) => (line === "" ? [] : parseLine(line)));
