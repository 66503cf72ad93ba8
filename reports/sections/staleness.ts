/** Shows how far behind reads were over time, with faults shaded. */
import type { Exhibit } from "../campaign.ts";
import { isRow, measured, numberIn, type Row, rowsOf } from "../measurements.ts";
import { type Markup, markup } from "../markup.ts";
import { timeUpTo } from "../page/format.ts";
import { type Point, scatter } from "../plot.ts";
import type { Trace, TraceOperation } from "../trace/trace-shape.ts";
import { count, durationsUpTo, number, samplesAtLeast, share } from "../report-messages.ts";
import { measurementTables } from "./measurements.ts";

/** How many up-to-date reads are drawn at most. All of them lie on the axis, so more of them would add nothing. */
const freshAtMost = 1_000;

/**
 * Plots the measurements of the checker of `staleness`: `reads`, `stale`, `staleReads` (op, missed, behindMs, versions)
 * and the quantiles of `behindMs`. Undefined if the verdict has no such measurements.
 */
export function staleness(exhibit: Exhibit, trace: Trace): Markup | undefined {
  const measurements = measured(exhibit, "staleness");
  const reads = numberIn(measurements, "reads");
  if (Object.keys(measurements).length === 0) return undefined;
  const {
    reads: _,
    stale: __,
    staleReads,
    behindMs,
    visibility: ___,
    visibilityByAge: ____,
    ...rest
  } = measurements;
  const rows = rowsOf(staleReads);
  const stale = numberIn(measurements, "stale") ?? rows.length;
  const quantiles = isRow(behindMs) ? behindMs : {};
  const operations = new Map(trace.operations.map((operation) => [operation.op, operation]));
  const duration = durationsUpTo(numberIn(quantiles, "p100") ?? 0);
  const points = [
    ...freshPoints(trace, rows),
    ...rows.flatMap((row) => stalePoint(row, operations, duration)),
  ];
  const endX = Math.max(1, ...points.map(({ x }) => x * 1.02));
  return markup`<figure><figcaption><strong>Staleness of reads</strong> <span class="quiet">how long before the read the first version that it missed had been acknowledged</span></figcaption>
<p>${sentenceOf(reads ?? 0, stale, quantiles, duration)}</p>
${
  stale > 0 &&
  (reads ?? 0) >= samplesAtLeast &&
  scatter({
    label: `Staleness of reads over time: ${stale} behind`,
    points,
    endX,
    xLabel: timeUpTo(endX),
    yLabel: duration,
    shades: trace.faults.map(({ fromUs, toUs, label }) => ({
      from: fromUs,
      to: toUs,
      title: label,
    })),
    rules: [
      { name: "median", y: numberIn(quantiles, "p50") ?? 0 },
      { name: "95 %", y: numberIn(quantiles, "p95") ?? 0 },
    ].filter(
      ({ y }, index, all) =>
        stale >= samplesAtLeast && y > 0 && all.findIndex((rule) => rule.y === y) === index,
    ),
  })
}
${stale > 0 && (reads ?? 0) >= samplesAtLeast && markup`<p class="quiet">◆ a stale read, ○ one that was up to date; shaded: a fault.${rows.length < stale && ` The first ${number(rows.length)} stale reads are drawn.`}</p>`}
${measurementTables(rest, "Staleness", stale)}
</figure>`;
}

function sentenceOf(reads: number, stale: number, quantiles: Row, duration: Duration): string {
  if (reads === 0) return "No read could be measured.";
  if (stale === 0)
    return `${count(reads, "read")}, none of which missed an acknowledged version newer than the returned one.`;
  if (stale < samplesAtLeast)
    return `${number(stale)} of ${count(reads, "read")} were stale (${share(stale, reads)}), the worst by ${duration(numberIn(quantiles, "p100") ?? 0)}.`;
  const at = (name: string): string => duration(numberIn(quantiles, name) ?? 0);
  return `${number(stale)} of ${count(reads, "read")} were stale (${share(stale, reads)}). Of those, half by at most ${at("p50")}, 95 % by at most ${at("p95")}, the worst by ${at("p100")}.`;
}

function freshPoints(trace: Trace, rows: readonly Row[]): readonly Point[] {
  const stale = new Set(rows.map((row) => numberIn(row, "op")));
  return trace.operations
    .filter(
      (operation) =>
        operation.f === "read" && operation.outcome === "ok" && !stale.has(operation.op),
    )
    .slice(0, freshAtMost)
    .map(({ op, startUs }) => ({ x: startUs, y: 0, title: `read #${op}: up to date` }));
}

type Duration = ReturnType<typeof durationsUpTo>;

function stalePoint(
  row: Row,
  operations: ReadonlyMap<number, TraceOperation>,
  duration: Duration,
): readonly Point[] {
  const op = numberIn(row, "op");
  const y = numberIn(row, "behindMs");
  const read = op === undefined ? undefined : operations.get(op);
  if (read === undefined || y === undefined) return [];
  const versions = numberIn(row, "versions");
  const missed = numberIn(row, "missed");
  const details = [
    `${duration(y)} behind`,
    ...(versions === undefined ? [] : [count(versions, "version")]),
    ...(missed === undefined ? [] : [`missed #${missed}`]),
  ];
  return [{ x: read.startUs, y, title: `read #${read.op}: ${details.join(", ")}`, marked: true }];
}
