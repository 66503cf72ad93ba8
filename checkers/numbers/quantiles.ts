/** Quantiles by nearest rank, so that each quantile is one of the measured figures. */
const points = [0, 0.5, 0.95, 0.99, 1] as const;

/**
 * The quantiles 0, 0.5, 0.95, 0.99 and 1 of the figures, under the names `p0` to `p100`. Empty if there are no figures.
 */
export function quantiles(figures: readonly number[]): Readonly<Record<string, number>> {
  const sorted = [...figures].sort((a, b) => a - b);
  const named: Record<string, number> = {};
  for (const point of points) {
    const figure = sorted[Math.max(0, Math.ceil(point * sorted.length) - 1)];
    if (figure !== undefined) named[`p${Math.round(point * 100)}`] = figure;
  }
  return named;
}
