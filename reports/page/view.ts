/** The part of the time axis that is on the screen. Self-contained: it is embedded in the page (see script.ts). */
export interface View {
  fromUs(): number;
  toUs(): number;
  /** Pixels from the left edge of the plot, which is `widthPx` wide. */
  x(atUs: number, widthPx: number): number;
  /** What is under a pixel. */
  at(x: number, widthPx: number): number;
  /** Keeps `aroundUs` where it is; factor < 1 zooms in. False when nothing changed. */
  zoom(factor: number, aroundUs: number): boolean;
  pan(byUs: number): boolean;
  show(fromUs: number, toUs: number): boolean;
  /** The whole run. */
  fit(): boolean;
}

export function createView(endUs: number): View {
  const margin = endUs * 0.01;
  const leastSpanUs = Math.min(endUs, 20);
  let from = -margin;
  let to = endUs + margin;

  function show(fromUs: number, toUs: number): boolean {
    const whole = endUs + 2 * margin;
    const span = Math.min(whole, Math.max(leastSpanUs, toUs - fromUs));
    const start = Math.min(endUs + margin - span, Math.max(-margin, (fromUs + toUs - span) / 2));
    // Rounding is no change: at the whole run the wheel must be the page's again.
    const changed = Math.abs(start - from) + Math.abs(start + span - to) > span * 1e-9;
    from = start;
    to = start + span;
    return changed;
  }

  return {
    fromUs: () => from,
    toUs: () => to,
    x: (atUs, widthPx) => ((atUs - from) / (to - from)) * widthPx,
    at: (x, widthPx) => from + (x / widthPx) * (to - from),
    zoom: (factor, aroundUs) => show(aroundUs - (aroundUs - from) * factor, aroundUs + (to - aroundUs) * factor),
    pan(byUs) {
      const span = to - from;
      const start = Math.min(endUs + margin - span, Math.max(-margin, from + byUs));
      return show(start, start + span);
    },
    show,
    fit: () => show(-margin, endUs + margin),
  };
}
