/**
 * Shows t-visibility: how often reads were current, by the time since the last write was acknowledged, as measured and
 * as PBS predicts.
 */
import type { Exhibit } from "../campaign.ts";
import { type Interval, intervals, percent } from "../intervals.ts";
import { isRow, measured, numberIn, type Row, rowsOf } from "../measurements.ts";
import { type Markup, markup } from "../markup.ts";
import { count, durationsUpTo, number, samplesAtLeast } from "../report-messages.ts";
import { measurementTables } from "./measurements.ts";

/**
 * Plots the measurements of the checker of `staleness`: `visibility` (all reads) and `visibilityByAge` (a row for each
 * range of times since the last write). Undefined if the verdict has no such measurements.
 */
export function visibility(exhibit: Exhibit): Markup | undefined {
  const { visibility: all, visibilityByAge } = measured(exhibit, "staleness");
  const ages = rowsOf(visibilityByAge);
  const duration = durationsUpTo(Math.max(0, ...ages.map((row) => numberIn(row, "fromMs") ?? 0)));
  const places = ages.flatMap((row) => placeOf(row, duration));
  if (!isRow(all) || places.length === 0) return undefined;
  const reads = numberIn(all, "reads") ?? 0;
  const head = markup`<figcaption><strong>t-visibility</strong> <span class="quiet">share of reads that returned the last acknowledged write or a newer one, by the time since that acknowledgement</span></figcaption>`;
  if (reads < samplesAtLeast)
    return markup`<figure>${head}<p>${number(numberIn(all, "current") ?? 0)} of ${count(reads, "read")} current.</p></figure>`;
  return markup`<figure>${head}
<p>${sentenceOf(all)}</p>
${intervals(`Share of current reads in ${count(places.length, "range")} of time since the last acknowledged write, measured and predicted`, places)}
<p class="quiet">Predicted from this run’s own message times (PBS, Bailis et al. 2012), without repair and without faults. Repair makes more reads current, and faults that separate replicas may make fewer reads current.</p>
${measurementTables({ predictedAfterMs: all["predictedAfterMs"] ?? null, quorumMiss: all["quorumMiss"] ?? null, withinVersions: all["withinVersions"] ?? null }, "Predicted", reads)}</figure>`;
}

function placeOf(row: Row, duration: ReturnType<typeof durationsUpTo>): readonly Interval[] {
  const [fromMs, toMs, reads] = [
    numberIn(row, "fromMs"),
    numberIn(row, "toMs"),
    numberIn(row, "reads"),
  ];
  const [share, low, high, predicted] = [
    numberIn(row, "share"),
    numberIn(row, "low"),
    numberIn(row, "high"),
    numberIn(row, "predicted"),
  ];
  if (
    fromMs === undefined ||
    reads === undefined ||
    share === undefined ||
    low === undefined ||
    high === undefined
  )
    return [];
  const range =
    toMs === undefined ? `from ${duration(fromMs)} on` : `${duration(fromMs)} to ${duration(toMs)}`;
  const title = `${range}: ${percent(share)} of ${count(reads, "read")} current (${percent(low)} to ${percent(high)})${predicted === undefined ? "" : `, predicted ${percent(predicted)}`}`;
  return [
    {
      name: duration(fromMs),
      share,
      low,
      high,
      title,
      ...(predicted !== undefined && { predicted }),
    },
  ];
}

function sentenceOf(all: Row): string {
  const [reads, current, share, predicted] = [
    numberIn(all, "reads") ?? 0,
    numberIn(all, "current") ?? 0,
    numberIn(all, "share") ?? 0,
    numberIn(all, "predicted"),
  ];
  const expected =
    predicted === undefined
      ? "; without message times there is no prediction"
      : `; predicted ${percent(predicted)}`;
  return `${current.toLocaleString("en")} of ${count(reads, "read")} current: ${percent(share)} (${percent(numberIn(all, "low") ?? 0)} to ${percent(numberIn(all, "high") ?? 1)})${expected}.`;
}
