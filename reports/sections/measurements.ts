/** Shows measurements that have no plot as tables. */
import type { Measurement } from "../../checkers/index.ts";
import { isList, isRow, type Measurements, rowsOf } from "../measurements.ts";
import { clip, type Markup, markup } from "../markup.ts";
import { durationsUpTo, number, samplesAtLeast } from "../report-messages.ts";

const rowsAtMost = 100;

/** Explanations of figures, by the figure's name. A figure without an explanation is shown with its name alone. */
const meanings: Readonly<Record<string, string>> = {
  k: "Each read returned one of the last k writes: 1 is up to date, 2 at most one write behind, and so on. “–”: too many possibilities to decide.",
  kAtLeast: "A lower bound of k, where the search ended early: no smaller k explains the reads.",
  missedByTime:
    "Reads that missed a write which had been acknowledged before the read began, whatever the version of that write.",
  deltaMs:
    "If every read had begun earlier by this time, the history would be atomic (Δ-atomicity).",
  gammaShare: "Share of values whose operations do not fit one order (Γ score above 0).",
  gammaMs:
    "How much longer the operations of these values would have to last so that one order fits them: half of this time before their start, half after their end (Γ score).",
  versionsBehind: "How many newer acknowledged versions a stale read missed.",
  predictedAfterMs:
    "The time after which this share of reads returns the latest write, predicted from message delays alone.",
  quorumMiss: "Chance that a read’s replicas are none of those that acknowledged the write.",
  withinVersions:
    "Predicted share of reads that return one of the latest versions, by how many versions are allowed.",
};

/**
 * Shows measurements as tables: first single figures, then lists of records, which are folded. Undefined if there is
 * nothing to show.
 *
 * @param samples The number of samples. Quantiles of fewer than `samplesAtLeast` samples are left out.
 */
export function measurementTables(
  measurements: Measurements,
  caption: string,
  samples: number,
): Markup | undefined {
  const names = Object.keys(measurements).filter(
    (name) =>
      !isEmpty(measurements[name]) &&
      (samples >= samplesAtLeast || !isQuantiles(measurements[name])),
  );
  const lists = names.filter((name) => rowsOf(measurements[name]).length > 0);
  const single = names.filter((name) => !lists.includes(name));
  if (names.length === 0) return undefined;
  const duration = durationsUpTo(
    Math.max(0, ...single.map((name) => longestMs(name, measurements[name]))),
  );
  return markup`${single.length > 0 && markup`<div class="wide" tabindex="0" role="group" aria-label="Table"><table class="figures"><caption>${caption}</caption><tbody>${single.map((name) => markup`<tr><th scope="row">${label(name)}</th><td>${cell(name, measurements[name], duration)}</td><td class="quiet">${meanings[name]}</td></tr>`)}</tbody></table></div>`}
${lists.map((name) => list(name, measurements[name]))}`;
}

function list(name: string, measurement: Measurement | undefined): Markup {
  const rows = rowsOf(measurement);
  const duration = durationsUpTo(
    rows.reduce((most, row) => Math.max(most, longestMs(name, row)), 0),
  );
  const columns = [...new Set(rows.slice(0, rowsAtMost).flatMap((row) => Object.keys(row)))];
  return markup`<details><summary>${label(name)} <span class="quiet">(${number(rows.length)})</span></summary><div class="wide" tabindex="0" role="group" aria-label="Table"><table><thead><tr>${columns.map((column) => markup`<th scope="col">${label(column)}</th>`)}</tr></thead>
<tbody>${rows.slice(0, rowsAtMost).map((row) => markup`<tr>${columns.map((column) => markup`<td>${cell(column, row[column], duration)}</td>`)}</tr>`)}</tbody></table></div>
${rows.length > rowsAtMost && markup`<p class="quiet">${number(rows.length - rowsAtMost)} more are in verdict.json.</p>`}</details>`;
}

const isEmpty = (measurement: Measurement | undefined): boolean =>
  typeof measurement === "object" && measurement !== null && Object.keys(measurement).length === 0;

const isQuantiles = (measurement: Measurement | undefined): boolean =>
  typeof measurement === "object" &&
  measurement !== null &&
  Object.keys(measurement).every((name) => Object.hasOwn(quantileNames, name));

const quantileNames: Readonly<Record<string, string>> = {
  p0: "least",
  p50: "median",
  p95: "95 % at most",
  p99: "99 % at most",
  p999: "99.9 % at most",
  p100: "most",
};

/** The words of a measurement's name: `timeToEqualMs` → "time to equal". The unit appears with the figure. */
const label = (name: string): string =>
  name
    .replace(/(Ms|Us)$/, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase();

/** The longest of the durations in a measurement, in ms. 0 if it has none. */
function longestMs(name: string, measurement: Measurement | undefined): number {
  if (typeof measurement === "number")
    return name.endsWith("Ms") ? measurement : name.endsWith("Us") ? measurement / 1_000 : 0;
  if (isList(measurement))
    return measurement.reduce<number>((most, one) => Math.max(most, longestMs(name, one)), 0);
  if (!isRow(measurement)) return 0;
  return Object.entries(measurement).reduce(
    (most, [inner, value]) => Math.max(most, longestMs(nameOfUnit(inner, name), value)),
    0,
  );
}

/** The name that has the unit of a figure: its own, or that of the record that it is part of. */
const nameOfUnit = (inner: string, outer: string): string =>
  /(Ms|Us)$/.test(inner) ? inner : outer;

function cell(
  name: string,
  measurement: Measurement | undefined,
  duration: ReturnType<typeof durationsUpTo>,
): string {
  if (measurement === undefined || measurement === null) return "–";
  if (typeof measurement === "number")
    return name.endsWith("Ms")
      ? duration(measurement)
      : name.endsWith("Us")
        ? duration(measurement / 1_000)
        : number(measurement);
  if (typeof measurement === "boolean") return measurement ? "yes" : "no";
  if (typeof measurement === "string") return clip(measurement);
  if (isList(measurement))
    return clip(measurement.map((inner) => cell(name, inner, duration)).join(", "));
  if (isRow(measurement))
    return Object.entries(measurement)
      .map(
        ([inner, value]) =>
          `${quantileNames[inner] ?? inner} ${cell(nameOfUnit(inner, name), value, duration)}`,
      )
      .join(" · ");
  return "–";
}
