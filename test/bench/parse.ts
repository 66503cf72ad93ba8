/**
 * Measures how fast a million lines are read into a table and numbered, compared with JSON.parse on the same lines.
 * Then measures how long reading and judging a file of a million operations takes.
 */
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HistoryReader } from "../../checkers/index.ts";
import { OperationTable } from "../../checkers/columnar/operation-table.ts";
import { Authors } from "../../checkers/columnar/authors.ts";
import { judgeFile } from "../../harness/cli/read-history.ts";
import { eventsFor } from "./histories.ts";

const operations = 500_000;
const shape = { operations, keys: 10, clients: 20, versions: "stamps", broken: false } as const;

const seconds = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

export function benchParse(): void {
  const pieces: Buffer[] = [];
  for (const event of eventsFor(shape)) pieces.push(Buffer.from(`${JSON.stringify(event)}\n`));
  const lines = pieces.length;
  const bytes = Buffer.concat(pieces);
  pieces.length = 0;
  const forEachLine = (take: (from: number, to: number) => void): void => {
    for (let from = 0, to = bytes.indexOf(10); to >= 0; from = to + 1, to = bytes.indexOf(10, from))
      take(from, to);
  };
  const parsed = seconds(() =>
    forEachLine((from, to) => void JSON.parse(bytes.toString("latin1", from, to))),
  );
  const before = memory();
  const table = new OperationTable();
  const reader = new HistoryReader({ table, add: (event) => table.add(event) });
  const read = seconds(() => forEachLine((from, to) => reader.take(bytes, from, to)));
  let authors: Authors | undefined;
  const coded = seconds(() => {
    authors = new Authors(table, () => undefined);
    void authors.ranks;
  });
  const perOperation = (memory() - before) / table.count;
  console.log(
    `${lines.toLocaleString("en-US")} lines of ${operations.toLocaleString("en-US")} operations, ${(bytes.length / 1e6).toFixed(0)} MB, s of processor time`,
  );
  console.log(
    `  JSON.parse alone ${parsed.toFixed(2)}; read into the table ${read.toFixed(2)}, coded ${coded.toFixed(2)}: ${((100 * (read + coded)) / parsed).toFixed(0)} % of JSON.parse`,
  );
  console.log(`  ${perOperation.toFixed(0)} bytes an operation, names and orders included`);
}

const memory = (): number => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

/**
 * Writes a history file of a million operations, and measures in a separate process how long reading and judging it for
 * L2 takes, and its peak memory.
 */
export function benchFile(bench: string): void {
  const folder = mkdtempSync(join(tmpdir(), "quorate-bench-"));
  const file = join(folder, "history.jsonl");
  try {
    const descriptor = openSync(file, "w");
    let text: string[] = [];
    for (const event of eventsFor({ ...shape, operations: 1_000_000 })) {
      if (text.push(`${JSON.stringify(event)}\n`) < 10_000) continue;
      writeSync(descriptor, text.join(""));
      text = [];
    }
    writeSync(descriptor, text.join(""));
    closeSync(descriptor);
    process.stdout.write(execFileSync(process.execPath, [bench, "judge", file]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs in a process of its own, so that the peak memory is that of reading and judging only. */
export function judgeAlone(file: string): void {
  const started = performance.now();
  const { verdict } = judgeFile(file, { only: "linearizable" }).guarantees.linearizable ?? {};
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `  a file of 1,000,000 operations read and judged for L2: ${verdict ?? "not judged"}, ${((performance.now() - started) / 1000).toFixed(2)} s, peak memory ${megabytes} MB (goal 400)`,
  );
}
