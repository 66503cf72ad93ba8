/** Suggests names for a mistyped one. */

/** Returns at most `most` names with the smallest edit distance to `name`, the nearest first, joined for a sentence. */
export function nearest(name: string, names: readonly string[], most = 3): string {
  const from = name.slice(0, longest);
  return names
    .map((known) => ({ known, distance: distance(from, known) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ known }) => known)
    .join(", ");
}

/** A longer mistyped text is cut to this length, since a pasted text may be very long. */
const longest = 64;

/** Returns the Levenshtein distance of the two texts. */
function distance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...to].entries())
      current.push(
        Math.min(
          (above[column] ?? 0) + (letter === other ? 0 : 1),
          (above[column + 1] ?? 0) + 1,
          (current[column] ?? 0) + 1,
        ),
      );
    above = current;
  }
  return above[to.length] ?? 0;
}
