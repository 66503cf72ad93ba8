/** The visible part of the time axis. */
import type { Gap } from "./gaps.ts";

export interface View {
  fromUs(): number;
  toUs(): number;
  /** The position of a time, in pixels from the left edge of the plot, which is `widthPx` wide. */
  x(atUs: number, widthPx: number): number;
  /** The time at the position `x`, in pixels from the left edge of the plot. */
  at(x: number, widthPx: number): number;
  /**
   * Zooms around the point `part` (0: left edge, 1: right edge). A factor below 1 zooms in. Returns false if nothing
   * changed.
   */
  zoom(factor: number, part: number): boolean;
  /** Moves the view by `part` of its width, to the right if positive. Returns false if nothing changed. */
  pan(part: number): boolean;
  show(fromUs: number, toUs: number): boolean;
  /** Shows the whole run. */
  fit(): boolean;
  /** Turns shortened gaps on or off. The view still shows the same times. */
  shorten(on: boolean): void;
  shortened(): boolean;
}

/**
 * Creates a view of the whole run. `gaps` must be sorted and not overlap. Inside, values are positions on the axis:
 * microseconds since `startUs`, except that shortened gaps are narrower.
 */
export function createView(endUs: number, gaps: readonly Gap[], startUs = 0): View {
  let short = false;
  let end = endUs - startUs;
  let from = 0;
  let to = end;

  /** The points where the scale of the shortened axis changes. */
  const bends: { readonly us: number; readonly place: number }[] = [{ us: startUs, place: 0 }];
  for (const gap of gaps) {
    const last = bends[bends.length - 1] ?? { us: startUs, place: 0 };
    const start = last.place + gap.fromUs - last.us;
    bends.push({ us: gap.fromUs, place: start }, { us: gap.toUs, place: start + gap.widthUs });
  }

  /** Converts a time to a position on the axis, or back, with the nearest bends on both sides. */
  function translate(value: number, source: "us" | "place", target: "us" | "place"): number {
    if (!short) return source === "us" ? value - startUs : value + startUs;
    let low = 0;
    let high = bends.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((bends[middle]?.[source] ?? Infinity) <= value) low = middle;
      else high = middle - 1;
    }
    const [before, after] = [bends[low], bends[low + 1]];
    if (before === undefined) return value;
    const slope =
      after === undefined || after[source] === before[source] || value < before[source]
        ? 1
        : (after[target] - before[target]) / (after[source] - before[source]);
    return before[target] + (value - before[source]) * slope;
  }
  const axis = (atUs: number): number => translate(atUs, "us", "place");
  const time = (at: number): number => translate(at, "place", "us");

  /** Sets the visible range, limited to the run with a margin of one percent. Returns false if nothing changed. */
  function place(start: number, stop: number): boolean {
    const margin = end * 0.01;
    const span = Math.min(end + 2 * margin, Math.max(Math.min(end, 20), stop - start));
    const first = Math.min(end + margin - span, Math.max(-margin, (start + stop - span) / 2));
    // A rounding difference is no change: if the whole run is visible, the wheel must scroll the page.
    const changed = Math.abs(first - from) + Math.abs(first + span - to) > span * 1e-9;
    from = first;
    to = first + span;
    return changed;
  }

  const fit = (): boolean => place(-end * 0.01, end * 1.01);
  fit();
  return {
    fromUs: () => time(from),
    toUs: () => time(to),
    x: (atUs, widthPx) => ((axis(atUs) - from) / (to - from)) * widthPx,
    at: (x, widthPx) => time(from + (x / widthPx) * (to - from)),
    zoom: (factor, part) => {
      const around = from + part * (to - from);
      return place(around - (around - from) * factor, around + (to - around) * factor);
    },
    pan: (part) => {
      const by = Math.min(end * 1.01 - to, Math.max(-end * 0.01 - from, part * (to - from)));
      return place(from + by, to + by);
    },
    show: (fromUs, toUs) => place(axis(fromUs), axis(toUs)),
    fit,
    shorten(on) {
      const [fromUs, toUs] = [time(from), time(to)];
      short = on;
      end = axis(endUs);
      place(axis(fromUs), axis(toUs));
    },
    shortened: () => short,
  };
}
