/**
 * Prints how many mutants of a sample were killed, and the survivors, from Stryker's reports. Call it with the same
 * QUORATE_MUTANTS_SAMPLE as Stryker: `node test/mutation/score.mjs [REPORT…]`.
 */
import { readFileSync } from "node:fs";
import { textOf, whyLeftOut } from "./sample.mjs";

const reports = process.argv.slice(2);
let killed = 0;
let equivalent = 0;
const survivors = [];
for (const report of reports.length > 0 ? reports : ["runs/mutation/mutation.json"]) {
  const { files } = JSON.parse(readFileSync(report, "utf8"));
  for (const [fileName, { mutants }] of Object.entries(files))
    for (const { status, mutatorName, replacement = "", location } of mutants) {
      // Lines and columns of the report count from 1.
      const start = { line: location.start.line - 1, column: location.start.column - 1 };
      const end = { line: location.end.line - 1, column: location.end.column - 1 };
      const mutant = { fileName, mutatorName, replacement, location: { start, end } };
      const why = whyLeftOut(mutant);
      if (why?.startsWith("equivalent")) equivalent++;
      if (why !== undefined || status === "Ignored" || status === "RuntimeError") continue;
      if (status === "Killed" || status === "Timeout") killed++;
      else survivors.push({ ...textOf(mutant), status, number: start.line + 1 });
    }
}
const all = killed + survivors.length;
console.log(
  `${killed} of ${all} killed (${((100 * killed) / Math.max(1, all)).toFixed(1)} %), ${equivalent} more are equivalent`,
);
for (const { file, line, from, to, status, number } of survivors)
  console.log(`${status} ${file}:${number}\n  ${line}\n  ${from} => ${to}`);
