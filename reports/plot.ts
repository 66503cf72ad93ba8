/** Small plots as static SVG, which need no script, print well, and use the style sheet's colours. */
import { type Markup, markup } from "./markup.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
  readonly title: string;
  /** True: the point is drawn as a filled diamond instead of a hollow circle. */
  readonly marked?: boolean;
  /** The shape to draw instead of a hollow circle, with the colour of an operation. */
  readonly shape?: {
    readonly form: keyof typeof shapes;
    readonly tone: "write" | "delete" | "fail" | "info";
  };
}

const shapes = {
  square: (x: number, y: number): string => `M${x - 2.5} ${y - 2.5}h5v5h-5z`,
  triangle: (x: number, y: number): string => `M${x} ${y - 3.5}l3.500 6h-7z`,
  cross: (x: number, y: number): string => `M${x - 3} ${y - 3}l6 6m0-6l-6 6`,
};

export interface Scatter {
  readonly label: string;
  readonly points: readonly Point[];
  readonly endX: number;
  readonly xLabel: (x: number) => string;
  readonly yLabel: (y: number) => string;
  readonly shades: readonly {
    readonly from: number;
    readonly to: number;
    readonly title: string;
  }[];
  /** Named horizontal lines, such as quantiles and bounds. */
  readonly rules: readonly { readonly y: number; readonly name: string }[];
}

const width = 560;
const height = 220;
const inset = { left: 62, right: 12, top: 12, bottom: 26 };
const plotWidth = width - inset.left - inset.right;
const plotHeight = height - inset.top - inset.bottom;

export interface Lines {
  readonly label: string;
  /** The lines. The first four have dash patterns of their own. */
  readonly series: readonly {
    readonly name: string;
    readonly steps: readonly (readonly [x: number, y: number])[];
  }[];
  readonly endX: number;
  readonly xLabel: (x: number) => string;
  readonly yLabel: (y: number) => string;
  readonly shades: Scatter["shades"];
}

/** Draws step lines: each value holds until the next one. The legend shows the dash patterns. */
export function lines({ label, series, endX, xLabel, yLabel, shades }: Lines): Markup {
  const top = ceiling(
    series.reduce((most, { steps }) => steps.reduce((inner, [, y]) => Math.max(inner, y), most), 0),
  );
  const { x, y } = scales(endX, top);
  return markup`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
${frame({ endX, top, xLabel, yLabel, shades })}
${series.map(({ name, steps }, index) => markup`<path class="line line-${index}" d="${steps.map(([at, value], step) => (step === 0 ? `M${x(at)} ${y(value)}` : `H${x(at)}V${y(value)}`)).join("")}H${x(endX)}"><title>${name}</title></path>`)}
</svg>
<p class="key">${series.map(({ name }, index) => markup`<span><svg viewBox="0 0 30 8" width="30" height="8" aria-hidden="true"><path class="line line-${index}" d="M0 4H30"/></svg> ${name}</span> `)}</p>`;
}

function scales(
  endX: number,
  top: number,
): { readonly x: (value: number) => number; readonly y: (value: number) => number } {
  return {
    x: (value) => round(inset.left + (Math.min(endX, Math.max(0, value)) / endX) * plotWidth),
    y: (value) => round(inset.top + plotHeight - (value / top) * plotHeight),
  };
}

/** Draws the axes, and the faults in the background. */
function frame({
  endX,
  top,
  xLabel,
  yLabel,
  shades,
}: Omit<Lines, "series" | "label"> & { readonly top: number }): Markup {
  const { x, y } = scales(endX, top);
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return markup`${shades.filter(({ from }) => from < endX).map((shade) => markup`<rect class="shade" x="${x(shade.from)}" y="${inset.top}" width="${Math.max(1, round(x(shade.to) - x(shade.from)))}" height="${plotHeight}"><title>${shade.title}</title></rect>`)}
${ticks.map((part) => markup`<path class="grid" d="M${inset.left} ${y(part * top)}H${width - inset.right}"/><text class="tick end" x="${inset.left - 6}" y="${y(part * top) + 3}">${yLabel(part * top)}</text>`)}
${ticks.map((part) => markup`<text class="tick ${part === 1 ? "end" : part === 0 ? "" : "middle"}" x="${x(part * endX)}" y="${height - 8}">${xLabel(part * endX)}</text>`)}`;
}

export function scatter({ label, points, endX, xLabel, yLabel, shades, rules }: Scatter): Markup {
  const top = ceiling(
    Math.max(
      points.reduce((most, point) => Math.max(most, point.y), 0),
      ...rules.map(({ y }) => y),
    ),
  );
  const { x, y } = scales(endX, top);
  return markup`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
${frame({ endX, top, xLabel, yLabel, shades })}
${points.map((point) =>
  point.marked
    ? markup`<path class="point marked" d="M${x(point.x)} ${round(y(point.y) - 5)}l5 5-5 5-5-5z"><title>${point.title}</title></path>`
    : point.shape !== undefined
      ? markup`<path class="point ${point.shape.tone}" d="${shapes[point.shape.form](x(point.x), y(point.y))}"><title>${point.title}</title></path>`
      : markup`<circle class="point" cx="${x(point.x)}" cy="${y(point.y)}" r="3"><title>${point.title}</title></circle>`,
)}
${rules.map(({ y: at, name }) => markup`<path class="rule" d="M${inset.left} ${y(at)}H${width - inset.right}"/><text class="tick end" x="${width - inset.right - 2}" y="${y(at) - 3}">${name}</text>`)}
</svg>`;
}

export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly text: string;
}

/** Draws horizontal bars, each with its text. */
export function bars(label: string, rows: readonly Bar[]): Markup {
  const most = Math.max(...rows.map(({ value }) => value), Number.MIN_VALUE);
  const row = 22;
  return markup`<svg class="chart" viewBox="0 0 ${width} ${rows.length * row + 6}" role="img" aria-label="${label}">
${rows.map(({ name, value, text }, index) => {
  const length = Math.max(1, round((value / most) * (width - 360)));
  const at = index * row + 4;
  return markup`<text class="tick end" x="112" y="${at + 12}">${name}</text><rect class="filled" x="120" y="${at + 2}" width="${length}" height="${row - 8}"/><text class="tick" x="${128 + length}" y="${at + 12}">${text}</text>`;
})}
</svg>`;
}

/**
 * The smallest of 1, 2 and 5 × 10^n that is not below the value, so that the axis ends at a round number. 1 if the
 * value is not positive.
 */
function ceiling(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return (
    [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= value) ?? value
  );
}

const round = (value: number): number => Math.round(value * 10) / 10;
