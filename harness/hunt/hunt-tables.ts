/** Formats hunts as Markdown tables for documents and the terminal. */
import { count } from "../../reports/index.ts";
import type { HuntRow } from "./hunt.ts";
import type { ControlRow } from "./control-run.ts";
import { missed } from "./hunt-messages.ts";

/**
 * Formats a table with one row for each bug. In a row without measurements, the histories and seconds are those until
 * the first detection or the end of the hunt. `evidence` says whether the hunt had evidence.
 */
export function huntTable(rows: readonly HuntRow[], evidence = true): string {
  const head = [
    "bug",
    "source",
    "found through",
    "per history (95 %)",
    "histories",
    "seconds",
    "shrunk to",
  ];
  return table(
    head,
    rows.map((row) => [
      row.bug,
      row.source,
      row.found ? (row.guarantee ?? "") : missed(row.bug, evidence, "**missed**"),
      chance(row),
      ...waits(row),
      size(row),
    ]),
  );
}

/**
 * Formats a table with one row for each control run. The line below the table counts the alarms. If there are none, it
 * says how much that proves.
 */
export function controlTable(rows: readonly ControlRow[]): string {
  const head = [
    "control run of",
    "histories",
    "alarms",
    "unknown",
    "operations ok (median)",
    "promised and judged",
    "operations under fault",
  ];
  const body = rows.map((row) => [
    row.bug,
    String(row.histories),
    String(row.alarms.length),
    String(row.unknown),
    `${percent(row.okShare)} (${percent(row.medianOkShare)})`,
    Object.entries(row.judged)
      .map(
        ([name, { promised, judged }]) =>
          `${name} ${percent(judged / Math.max(1, promised))} of ${promised}`,
      )
      .join(", "),
    Object.entries(row.faults)
      .map(([kind, { overlapped }]) => `${kind} ${overlapped}`)
      .join(", ") || "none",
  ]);
  const histories = rows.reduce((sum, row) => sum + row.histories, 0);
  const alarms = rows.reduce((sum, row) => sum + row.alarms.length, 0);
  const bound = `${count(alarms, "alarm")} in ${count(histories, "healthy history", "healthy histories")}${alarms === 0 && histories > 0 ? `: at most ${((3 / histories) * 100).toFixed(2)} % of histories raise an alarm (with 95 % confidence)` : ""}.`;
  return `${table(head, body)}\n\n${bound}`;
}

function chance({ measured }: HuntRow): string {
  return measured === null
    ? ""
    : `${percent(measured.share)} (${percent(measured.low)}–${percent(measured.high)})`;
}

function waits({ measured, histories, seconds }: HuntRow): [string, string] {
  if (measured === null) return [String(histories), seconds.toFixed(2)];
  return [String(measured.medianHistories ?? "–"), measured.medianSeconds?.toFixed(2) ?? "–"];
}

function size({ shrunk }: HuntRow): string {
  return shrunk === null
    ? ""
    : [
        count(shrunk.operations, "operation"),
        count(shrunk.faults, "fault"),
        count(shrunk.nodes, "node"),
      ].join(", ");
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
