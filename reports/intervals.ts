/** A plot of shares with their intervals, and of predicted shares beside them: static SVG as in plot.ts. */
import { type Markup, markup } from "./markup.ts";

export interface Interval {
  /** The label on the horizontal axis. */
  readonly name: string;
  /** The measured share, from 0 to 1. `low`, `high` and `predicted` are shares from 0 to 1, too. */
  readonly share: number;
  readonly low: number;
  readonly high: number;
  readonly predicted?: number;
  readonly title: string;
}

const width = 560;
const height = 220;
const inset = { left: 62, right: 12, top: 12, bottom: 26 };
const plotHeight = height - inset.top - inset.bottom;

/** Draws the plot. Its vertical axis begins at the highest of 99, 90, 50 and 0 % that is not above any value. */
export function intervals(label: string, places: readonly Interval[]): Markup {
  const lowest = Math.min(1, ...places.flatMap(({ low, predicted }) => [low, predicted ?? 1]));
  const bottom = lowest >= 0.99 ? 0.99 : lowest >= 0.9 ? 0.9 : lowest >= 0.5 ? 0.5 : 0;
  const y = (share: number): number =>
    round(inset.top + plotHeight * (1 - (Math.max(bottom, share) - bottom) / (1 - bottom)));
  const step = (width - inset.left - inset.right) / Math.max(1, places.length);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => bottom + part * (1 - bottom));
  return markup`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
${ticks.map((share) => markup`<path class="grid" d="M${inset.left} ${y(share)}H${width - inset.right}"/><text class="tick end" x="${inset.left - 6}" y="${y(share) + 3}">${percent(share)}</text>`)}
${places.map(({ name, share, low, high, predicted, title }, index) => {
  const x = round(inset.left + step * (index + 0.5));
  return markup`<g><title>${title}</title><path class="interval" d="M${x - 4} ${y(high)}h8M${x} ${y(high)}V${y(low)}M${x - 4} ${y(low)}h8"/><circle class="measured" cx="${x}" cy="${y(share)}" r="3.500"/>${
    predicted !== undefined &&
    markup`<path class="predicted" d="M${round(x - step * 0.35)} ${y(predicted)}h${round(step * 0.7)}"/>`
  }</g><text class="tick middle" x="${x}" y="${height - 8}">${name}</text>`;
})}
</svg>
<p class="key"><span><svg viewBox="0 0 30 12" width="30" height="12" aria-hidden="true"><path class="interval" d="M11 1h8M15 1V11M11 11h8"/><circle class="measured" cx="15" cy="6" r="3.500"/></svg> measured, with its 95 % interval</span> <span><svg viewBox="0 0 30 12" width="30" height="12" aria-hidden="true"><path class="predicted" d="M2 6H28"/></svg> predicted</span></p>`;
}

export const percent = (share: number): string =>
  `${(100 * share).toLocaleString("en", { maximumFractionDigits: 2 })} %`;

const round = (value: number): number => Math.round(value * 10) / 10;
