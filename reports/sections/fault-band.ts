/**
 * Draws the faults above the lines of a space-time diagram: a bracket for each fault, with the fault's name if there is
 * room.
 */
import { clip, type Markup, markup } from "../markup.ts";
import type { TraceFault } from "../trace/trace-shape.ts";

const rowHeight = 17;
/** An estimate of how wide a character of a name is, in pixels. */
const characterWidth = 6.7;
/**
 * The largest number of rows. A fault for which no row has room gets no name, and its bracket stands in the last row.
 */
const rowsAtMost = 6;

/**
 * Draws the faults. A name begins at its fault if it fits there, else further to the left. A name that is too long is
 * cut off. Faults that would overlap get different rows, as long as there are free ones. `height` is the height of all
 * rows in pixels.
 */
export function faultBand(
  faults: readonly TraceFault[],
  x: (us: number) => number,
  width: number,
): { readonly drawing: Markup; readonly height: number } {
  /** For each row, the x position from which on the row is free. */
  const free: number[] = [];
  const longest = Math.floor((width - 16) / characterWidth);
  const placed = faults.map(({ label, fromUs, toUs }) => {
    const [from, to] = [x(fromUs), x(toUs)];
    const name = label.length <= longest ? label : `${clip(label.slice(0, longest - 1), longest)}…`;
    const length = name.length * characterWidth;
    const start = Math.max(8, Math.min(from + 4, width - 8 - length));
    const begins = Math.min(from, start);
    const row = Array.from({ length: rowsAtMost }, (_, index) => index).find(
      (index) => (free[index] ?? 0) <= begins,
    );
    if (row !== undefined) free[row] = Math.max(to, start + length) + 6;
    return {
      from,
      to,
      start,
      label,
      name: row === undefined ? "" : name,
      row: row ?? rowsAtMost - 1,
    };
  });
  return {
    height: faults.length === 0 ? 0 : 4 + rowHeight * free.length,
    drawing: markup`${placed.map(({ from, to, start, label, name, row }) => {
      const y = 10 + row * rowHeight;
      const bracket = `M${from} ${y}v8M${to} ${y}v8M${from} ${y + 4}H${to}`;
      return markup`<path class="fault-span" d="${bracket}"><title>${label}</title></path>
<text class="fault-name" x="${start}" y="${y + 1}"><title>${label}</title>${name}</text>`;
    })}`,
  };
}
