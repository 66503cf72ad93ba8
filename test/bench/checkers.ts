/**
 * Measures the speed of some of the checkers in operations a second, for valid histories of several sizes, and for
 * histories with one wrong read of each key. The numbering that L2, L1 and L0 have in common has a column of its own;
 * their columns do not include it.
 */
import { codeKey } from "../../checkers/register/register-coding.ts";
import { type Level, violationAt } from "../../checkers/register/ladder.ts";
import { keysOf, type Model } from "../../checkers/model/model.ts";
import { builtInCheckers } from "../../checkers/built-in-checkers.ts";
import { modelFor } from "./histories.ts";
import type { GuaranteeName, VersionKind } from "../../checkers/index.ts";

const sizes = [10_000, 100_000, 1_000_000];
const keyCounts = [1, 10, 100];
const clientCounts = [5, 20, 50];

type Work = (model: Model) => void;

/** The number of findings. They are counted so that the compiler cannot remove the calls. */
let found = 0;

const level =
  (name: Level): Work =>
  (model) => {
    for (const key of keysOf(model))
      found += violationAt(name, codeKey(model, key).register) === null ? 0 : 1;
  };

const checkers =
  (...names: readonly GuaranteeName[]): Work =>
  (model) => {
    for (const name of names)
      found += builtInCheckers.find((one) => one.name === name)?.check(model).anomalies.length ?? 0;
  };

const coding: Work = (model) => {
  found += model.columns.authors.ranks.length;
  for (const key of keysOf(model)) codeKey(model, key);
};

const columns: Readonly<Record<string, readonly [versions: VersionKind, work: Work]>> = {
  coding: ["stamps", coding],
  L2: ["stamps", level("linearizable")],
  L1: ["stamps", level("regular")],
  L0: ["stamps", level("regular-stamped")],
  staleness: ["stamps", checkers("staleness")],
  sessions: [
    "stamps",
    checkers("read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads"),
  ],
  siblings: [
    "siblings",
    checkers("siblings-1", "siblings-2", "siblings-3", "siblings-4", "siblings-5", "siblings-7"),
  ],
};

interface Shape {
  readonly operations: number;
  readonly keys: number;
  readonly clients: number;
  readonly broken: boolean;
}

/**
 * The processor time of each column in ms, which a busy machine hardly affects. Keeps only one model in memory at a
 * time, since a model may have a million operations.
 */
function measure(shape: Shape): Map<string, number> {
  const ms = new Map<string, number>();
  for (const versions of ["stamps", "siblings"] as const) {
    const model = modelFor({ ...shape, versions });
    for (const [name, [of, work]] of Object.entries(columns)) {
      if (of !== versions) continue;
      const before = process.cpuUsage();
      work(model);
      const { user, system } = process.cpuUsage(before);
      ms.set(name, (user + system) / 1000);
    }
  }
  return ms;
}

/**
 * Prints a row for each size, number of keys and number of clients. Then prints, for each column, the rate at the
 * largest size and the growth with the size. At the end prints the longest times of L2, and of L2, L0 and staleness
 * together, with their goals, and the peak memory.
 */
export function benchCheckers(): void {
  const names = Object.keys(columns);
  // Warms up, since large histories run on compiled code.
  for (let times = 0; times < 4; times++)
    for (const broken of [false, true])
      measure({ operations: 20_000, keys: 10, clients: 20, broken });
  console.log("million operations/s of processor time; valid, then with one wrong read a key");
  console.log(
    `${"operations, keys, clients".padEnd(28)}${[...names, ...names].map((name) => name.padStart(10)).join("")}`,
  );
  const totals = new Map<string, number>();
  const worst = { L2: 0, three: 0 };
  for (const operations of sizes) {
    for (const keys of keyCounts) {
      for (const clients of clientCounts) {
        const cells = [false, true].map((broken) => {
          const ms = measure({ operations, keys, clients, broken });
          for (const name of names)
            totals.set(
              `${name} ${operations}`,
              (totals.get(`${name} ${operations}`) ?? 0) + (ms.get(name) ?? 0),
            );
          const of = (name: string): number => ms.get(name) ?? 0;
          if (operations === 1_000_000 && !broken)
            worst.three = Math.max(worst.three, of("L2") + of("L0") + of("staleness"));
          if (operations === 1_000_000) worst.L2 = Math.max(worst.L2, of("L2"));
          return names
            .map((name) => (operations / 1000 / of(name)).toFixed(2).padStart(10))
            .join("");
        });
        console.log(
          `${`${operations.toLocaleString("en-US")}, ${keys}, ${clients}`.padEnd(28)}${cells.join("")}`,
        );
      }
    }
  }
  for (const name of names) {
    const total = (operations: number): number => totals.get(`${name} ${operations}`) ?? 0;
    const largest = 1_000_000;
    const rate = (largest * 2 * keyCounts.length * clientCounts.length) / total(largest) / 1000;
    console.log(
      `${name.padEnd(10)} ${rate.toFixed(2).padStart(6)} million operations/s at ${largest.toLocaleString("en-US")}, growth exponent ${Math.log10(total(largest) / total(largest / 10)).toFixed(2)}`,
    );
  }
  console.log(
    `worst cell at 1,000,000: L2 ${worst.L2.toFixed(0)} ms (goal 150); L2, L0 and staleness together, valid, ${worst.three.toFixed(0)} ms (goal 500)`,
  );
  console.log(
    `peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB of this process, the histories' making included (${found.toLocaleString("en-US")} findings)`,
  );
}
