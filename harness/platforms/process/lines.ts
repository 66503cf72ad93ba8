/** Reads lines from a stream, with a limit on their length. */

/** The largest number of characters of an unfinished line. `readLines` reports a longer one and stops. */
export const longestLine = 16 << 20;

export interface LineReader {
  /** The beginning of a line whose end has not arrived yet. */
  unfinished(): string;
}

/**
 * Calls `each` for every complete line that is not blank.
 *
 * @param tooLong Called once with the beginning of a line that exceeds `longestLine`. Nothing is read after it.
 */
export function readLines(
  stream: NodeJS.ReadableStream,
  each: (line: string) => void,
  tooLong: (beginning: string) => void,
): LineReader {
  let rest = "";
  let isOver = false;
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    if (isOver) return;
    let from = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", from)) {
      const line = rest + chunk.slice(from, end);
      rest = "";
      from = end + 1;
      if (line.trim() !== "") each(line);
    }
    rest += chunk.slice(from);
    if (rest.length <= longestLine) return;
    isOver = true;
    tooLong(rest.slice(0, shown));
    rest = "";
  });
  return { unfinished: () => rest };
}

const shown = 300;
