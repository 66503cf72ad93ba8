/**
 * Shows how long the replicas of a key took to become equal after the faults, for the slowest keys, and which
 * mechanisms ended divergences.
 */
import type { Exhibit } from "../campaign.ts";
import { isRow, measured, numberIn, type Row, textIn } from "../measurements.ts";
import { clip, type Markup, markup } from "../markup.ts";
import { milliseconds } from "../page/format.ts";
import { type Bar, bars } from "../plot.ts";
import { count, durationsUpTo, number, signs } from "../report-messages.ts";
import { measurementTables } from "./measurements.ts";

const keysAtMost = 40;

/**
 * Plots the measurements of the checker of `converged`: `keys` (key → equal, timeToEqualMs, replicas) and
 * `divergencesEndedBy` (mechanism → count). Undefined if the verdict has no such measurements.
 */
export function convergence(exhibit: Exhibit): Markup | undefined {
  const measurements = measured(exhibit, "converged");
  if (Object.keys(measurements).length === 0) return undefined;
  const { keys, divergencesEndedBy, timeToEqualMs: _, ...rest } = measurements;
  const rows = isRow(keys)
    ? Object.entries(keys).flatMap(([key, row]) => (isRow(row) ? [{ key, row }] : []))
    : [];
  const slowest = rows.sort((a, b) => timeToEqual(b.row) - timeToEqual(a.row)).slice(0, keysAtMost);
  const mechanisms = isRow(divergencesEndedBy)
    ? Object.entries(divergencesEndedBy).flatMap(([name, amount]): Bar[] =>
        typeof amount === "number"
          ? [{ name: clip(name, 24), value: amount, text: count(amount, "replica") }]
          : [],
      )
    : [];
  const times = rows.map(({ row }) => timeToEqual(row)).filter(Number.isFinite);
  const duration = durationsUpTo(Math.max(0, ...times));
  const unequal = rows.filter(({ row }) => row["equal"] === false).length;
  return markup`<figure><figcaption><strong>Convergence</strong> <span class="quiet">from the time when faults were healed and all nodes ran again, until all replicas of a key held the same versions</span></figcaption>
${
  rows.length > 0 &&
  markup`<p>${unequal > 0 ? `${signs.invalid} The replicas of ${count(unequal, "key")} never became equal.` : `${signs.valid} The replicas of ${rows.length === 1 ? "the key" : `all ${number(rows.length)} keys`} became equal${rows.length === 1 ? "" : ", the slowest"} after ${duration(timeToEqual(slowest[0]?.row ?? {}))}.`}</p>
${bars(
  "Time to equal, by key",
  slowest.map(({ key, row }) => keyBar(key, row, duration)),
)}
${rows.length > keysAtMost && markup`<p class="quiet">The slowest ${keysAtMost} of ${number(rows.length)} keys.</p>`}`
}
<p><strong>What brought replicas up to date</strong>
<span class="quiet">during the whole history; counts a replica each time that it had fallen behind and caught up</span></p>
${mechanisms.length > 0 ? bars("Replicas that caught up, by mechanism", mechanisms) : markup`<p class="quiet">No replica was seen to catch up: none fell behind, or there is no evidence of it.</p>`}
${replicas(slowest)}
${measurementTables(rest, "Convergence", rows.length)}
</figure>`;
}

/** The time until the replicas of the key were equal, in ms. Infinity if they never became equal. */
const timeToEqual = (row: Row): number => numberIn(row, "timeToEqualMs") ?? Infinity;

function keyBar(key: string, row: Row, duration: ReturnType<typeof durationsUpTo>): Bar {
  const ms = timeToEqual(row);
  const counted = row["promised"] === false ? " (not promised)" : "";
  return {
    name: clip(key, 14),
    value: ms === Infinity ? 0 : ms,
    text: ms === Infinity ? `${signs.invalid} never equal${counted}` : `${duration(ms)}${counted}`,
  };
}

function replicas(
  keys: readonly { readonly key: string; readonly row: Row }[],
): Markup | undefined {
  const rows = keys.flatMap(({ key, row }) =>
    isRow(row["replicas"])
      ? Object.entries(row["replicas"]).flatMap(([node, replica]) =>
          isRow(replica) ? [{ key, node, replica }] : [],
        )
      : [],
  );
  if (rows.length === 0) return undefined;
  return markup`<details><summary>Replica by replica</summary><div class="wide" tabindex="0" role="group" aria-label="Table"><table><thead><tr><th scope="col">key</th><th scope="col">replica</th><th scope="col" class="figure">settled after</th><th scope="col">its last divergence</th></tr></thead>
<tbody>${rows.map(
    ({ key, node, replica }) =>
      markup`<tr><th scope="row"><bdi>${clip(key, 60)}</bdi></th><td>${clip(node, 60)}</td><td class="figure">${inMs(replica, "settledMs")}</td><td>${divergence(replica["lastDivergence"])}</td></tr>`,
  )}</tbody></table></div></details>`;
}

function divergence(last: Row[string] | undefined): string {
  if (!isRow(last)) return "none seen";
  const mechanism = clip(textIn(last, "mechanism") ?? "an unknown mechanism", 60);
  return `${inMs(last, "behindMs")} behind, ended by ${mechanism} at ${inMs(last, "atMs")}`;
}

/** A figure in milliseconds as text. The table has times of the history beside durations, so all have one unit. */
const inMs = (row: Row, name: string): string => milliseconds((numberIn(row, name) ?? 0) * 1_000);
