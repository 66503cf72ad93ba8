/** Draws a cycle of transactions as a ring of arrows in static SVG. A list below gives the reason for each arrow. */
import { clip, type Markup, markup } from "../markup.ts";

const width = 520;
const height = 260;
const radius = 92;

/**
 * Draws one cycle. `because` says for each of the transactions T1, T2, … why it comes before the next one, and for the
 * last transaction why it comes before T1.
 */
export function cycleFigure(because: readonly string[]): Markup {
  const count = because.length;
  const at = (index: number, far: number): readonly [x: number, y: number] => {
    const angle = (2 * Math.PI * index) / count - Math.PI / 2;
    return [
      round(width / 2 + far * 1.8 * Math.cos(angle)),
      round(height / 2 + far * Math.sin(angle)),
    ];
  };
  const nodes = because.map((_, index) => {
    const [x, y] = at(index, radius);
    return markup`<circle class="transaction" cx="${x}" cy="${y}" r="20"/><text class="middle" x="${x}" y="${y + 4}">T${index + 1}</text>`;
  });
  const arrows = because.map((_, index) => {
    const [from, to] = [at(index, radius), at(index + 1, radius)];
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    // Two transactions have two arrows between the same points, which bend to opposite sides.
    const bend = count === 2 ? 40 : 0;
    const [ux, uy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
    const middle = [(from[0] + to[0]) / 2 - uy * bend, (from[1] + to[1]) / 2 + ux * bend] as const;
    const tip = [
      round(to[0] - ux * 24 - uy * bend * 0.35),
      round(to[1] - uy * 24 + ux * bend * 0.35),
    ] as const;
    const angle = Math.atan2(tip[1] - middle[1], tip[0] - middle[0]);
    const barb = (turn: number): string =>
      `${round(tip[0] - 10 * Math.cos(angle + turn))} ${round(tip[1] - 10 * Math.sin(angle + turn))}`;
    const start = [
      round(from[0] + ux * 22 - uy * bend * 0.35),
      round(from[1] + uy * 22 + ux * bend * 0.35),
    ] as const;
    return markup`<path class="before" d="M${start[0]} ${start[1]}Q${round(middle[0])} ${round(middle[1])} ${tip[0]} ${tip[1]}M${barb(0.4)}L${tip[0]} ${tip[1]}L${barb(-0.4)}"/><text class="middle reason" x="${round(middle[0])}" y="${round(middle[1])}">${index + 1}</text>`;
  });
  return markup`<svg class="cycle" viewBox="0 0 ${width} ${height}" role="img" aria-label="${`A cycle of ${count} transactions, each before the next and the last before the first`}">${arrows}${nodes}</svg>
<ol class="plain reasons">${because.map((reason, index) => markup`<li><strong>${index + 1}.</strong> T${index + 1} comes before T${((index + 1) % count) + 1}, because ${clip(reason, 400)}.</li>`)}</ol>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
