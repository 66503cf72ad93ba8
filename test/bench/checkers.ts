/** How fast checkers are: the cores on typed arrays, coded beforehand, and whole checkers on a history's model. */
import { delta, gamma } from "../../checkers/atomicity-time.ts";
import { behind } from "../../checkers/behind.ts";
import { leastK } from "../../checkers/k-atomic.ts";
import { findViolation, type CodedRegister, type Level, zones } from "../../checkers/ladder.ts";
import { orderOf } from "../../checkers/order.ts";
import { modelOf } from "../../checkers/model.ts";
import { registry } from "../../checkers/registry.ts";
import type { GuaranteeName, VersionKind } from "../../checkers/index.ts";
import { codedHistories } from "./coded-histories.ts";
import { versionedHistory } from "./versioned-histories.ts";

const sizes = [10_000, 100_000, 1_000_000];
const keyCounts = [1, 10, 100];
const clientCounts = [5, 20, 50];

type Core = (registers: readonly CodedRegister[]) => void;

const level = (name: Level): Core => (registers) => {
  for (const register of registers) found += findViolation(zones(name, register)) === null ? 0 : 1;
};

/** What was found is counted, so that nothing is left out as useless. */
let found = 0;

const cores: Readonly<Record<string, Core>> = {
  L2: level("linearizable"),
  L1: level("regular"),
  L0: level("regular-stamped"),
  behind: (registers) => registers.forEach(readsBehind),
  "Δ": (registers) => registers.forEach((register) => (found += delta(register))),
  "Γ": (registers) => registers.forEach((register) => (found += gamma(register).length)),
  k: (registers) => registers.forEach((register) => (found += leastK(register).atLeast)),
};

/** As under stamps that follow the ends of writes. */
function readsBehind({ writeEnd, readValue, readStart }: CodedRegister): void {
  const order = orderOf(writeEnd);
  const rank = new Int32Array(writeEnd.length);
  order.forEach((value, i) => (rank[value] = i));
  const ranks = Float64Array.from({ length: order.length }, (_, i) => i);
  found += behind({ ranks, acknowledgedUs: Float64Array.from(order, (value) => writeEnd[value] as number) }, Float64Array.from(readValue, (value) => rank[value] as number), readStart).length;
}

function timed(core: Core, registers: readonly CodedRegister[]): number {
  // Of the processor, so that a busy machine does not blur it.
  const before = process.cpuUsage();
  core(registers);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Prints a row a cell of the matrix: milliseconds of each core, valid and with one stale read a key. */
export function benchCheckers(): void {
  const names = Object.keys(cores);
  // Compiled code is what large histories run on.
  for (const stale of [false, true]) for (const core of Object.values(cores)) for (let times = 0; times < 5; times++) core(codedHistories({ operations: 20_000, keys: 10, clients: 20, stale }));
  console.log(`checkers' cores, ms of processor time (${names.join(", ")}); valid | one stale read a key`);
  const totals = new Map<string, number>();
  for (const operations of sizes) {
    for (const keys of keyCounts) {
      for (const clients of clientCounts) {
        const cells = [false, true].map((stale) => {
          const registers = codedHistories({ operations, keys, clients, stale });
          return names.map((name) => {
            const ms = timed(cores[name] as Core, registers);
            totals.set(`${name} ${operations}`, (totals.get(`${name} ${operations}`) ?? 0) + ms);
            return ms.toFixed(ms < 10 ? 1 : 0).padStart(6);
          }).join(" ");
        });
        console.log(`${operations.toLocaleString("en-US").padStart(9)} operations ${String(keys).padStart(4)} keys ${String(clients).padStart(3)} clients ${cells.join("  | ")}`);
      }
    }
  }
  printTotals(names, totals);
  benchWholeCheckers();
  console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB of this process, histories included (${Math.round(found).toLocaleString("en-US")} findings)`);
}

function printTotals(names: readonly string[], totals: ReadonlyMap<string, number>): void {
  const total = (name: string, operations: number): number => totals.get(`${name} ${operations}`) ?? 0;
  const largest = sizes[sizes.length - 1] ?? 0;
  const before = sizes[sizes.length - 2] ?? 0;
  for (const name of names) {
    const rate = (largest * 2 * keyCounts.length * clientCounts.length) / total(name, largest) / 1000;
    const exponent = Math.log(total(name, largest) / total(name, before)) / Math.log(largest / before);
    console.log(`${name.padEnd(7)} ${rate.toFixed(1).padStart(6)} million operations/s at ${largest.toLocaleString("en-US")}, growth exponent ${exponent.toFixed(2)}`);
  }
}

/** Checkers that read a history's model: its making apart. */
function benchWholeCheckers(): void {
  const whole: readonly (readonly [versions: VersionKind, sizes: readonly number[], names: readonly GuaranteeName[]])[] = [
    ["stamps", [10_000, 100_000], ["read-your-writes", "monotonic-reads", "linearizable", "staleness"]],
    ["siblings", [10_000, 100_000], ["siblings-1", "siblings-2", "siblings-3", "siblings-4", "siblings-5", "siblings-7"]],
  ];
  for (const [versions, counts, names] of whole) {
    for (const operations of counts) {
      const events = versionedHistory({ operations, keys: 10, clients: 20, versions });
      const before = process.cpuUsage();
      const model = modelOf(events);
      const parts = [`model ${ms(process.cpuUsage(before))}`];
      for (const name of names) {
        const since = process.cpuUsage();
        const verdict = registry[name]?.(model).verdict ?? "no checker";
        parts.push(`${name} ${ms(process.cpuUsage(since))}${verdict === "valid" ? "" : ` (${verdict})`}`);
      }
      console.log(`${operations.toLocaleString("en-US").padStart(9)} operations with ${versions}, ms: ${parts.join(", ")}`);
    }
  }
}

const ms = ({ user, system }: NodeJS.CpuUsage): string => String(Math.round((user + system) / 1000));
